using System.Text.Json.Nodes;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using static FleetProf.Cli.Analyze.ResultJson;

namespace FleetProf.Cli.Analyze;

/// <summary>Prints what changed between two heap snapshots: what holds more or less, then the types that grew and those that shrank.</summary>
internal static class DiffTables
{
    public static void Write(CliContext context, string folder, int rows)
    {
        var diff = Read(folder, "heap.diff.json") as JsonObject ?? [];
        var types = Rows(folder, "heap.diff.json");
        switch (context.Output)
        {
            case OutputFormat.Json:
                context.Console.Out.WriteLine(diff.ToJsonString(CliJson.Indented));
                break;
            case OutputFormat.Ndjson:
                context.Console.Out.WriteLine(diff.ToJsonString(CliJson.Options));
                break;
            case OutputFormat.Csv:
                AnalysisTables.WriteCsv(context, types);
                break;
            default:
                WriteForPeople(context, diff, types, rows);
                break;
        }

        foreach (var warning in Rows(folder, "summary.json", "warnings"))
        {
            context.Console.Note($"warning: {warning}");
        }
    }

    private static void WriteForPeople(CliContext context, JsonObject diff, JsonArray types, int rows)
    {
        foreach (var side in (string[])["before", "after"])
        {
            context.Console.Out.WriteLine($"{side,-8} {Human.Count((long)(AsNumber(diff[side]?["objectCount"]) ?? 0))} objects, {Human.Bytes(AsNumber(diff[side]?["heapBytes"]))}");
        }

        AnalysisTables.Sentences(context, "What holds more or less", diff["paths"] as JsonArray ?? [], rows);
        Column<JsonNode?>[] columns = [Text("type"), Number("countBefore"), Number("countAfter"), Size("shallowBytesBefore"), Size("shallowBytesAfter"), Size("retainedBytesBefore"), Size("retainedBytesAfter")];
        AnalysisTables.Section(context, "Types that grew", Where(types, growth => growth > 0), rows, columns);
        AnalysisTables.Section(context, "Types that shrank", Where(types, growth => growth < 0), rows, columns);
    }

    private static JsonArray Where(JsonArray types, Func<double, bool> isWanted)
    {
        var wanted = types.Where(type => isWanted(Growth(type))).OrderByDescending(type => Math.Abs(Growth(type)));
        return new JsonArray([.. wanted.Select(type => type?.DeepClone())]);
    }

    private static double Growth(JsonNode? type) =>
        AsNumber(type?["retainedGrowth"]) ?? ((AsNumber(type?["shallowBytesAfter"]) ?? 0) - (AsNumber(type?["shallowBytesBefore"]) ?? 0));
}
