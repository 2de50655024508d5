using System.Globalization;
using System.Text.Json.Nodes;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using static FleetProf.Cli.Analyze.ResultJson;

namespace FleetProf.Cli.Analyze;

/// <summary>Prints what an escape report costs: lines that allocate, the heaviest first, and what in the report misleads.</summary>
internal static class EscapeTables
{
    public static void Write(CliContext context, string folder, int rows)
    {
        var costs = Read(folder, "escapes.json") as JsonObject ?? [];
        var sites = Rows(folder, "escapes.json");
        switch (context.Output)
        {
            case OutputFormat.Json:
                context.Console.Out.WriteLine(costs.ToJsonString(CliJson.Indented));
                break;
            case OutputFormat.Ndjson:
                context.Console.Out.WriteLine(costs.ToJsonString(CliJson.Options));
                break;
            case OutputFormat.Csv:
                AnalysisTables.WriteCsv(context, sites);
                break;
            default:
                WriteForPeople(context, costs, sites, rows);
                break;
        }

        foreach (var warning in Rows(folder, "summary.json", "warnings"))
        {
            context.Console.Note($"warning: {warning}");
        }
    }

    private static void WriteForPeople(CliContext context, JsonObject costs, JsonArray sites, int rows)
    {
        var isRate = AsNumber(costs["bytesPerSecond"]) is not null;
        var total = AsNumber(costs["totalBytes"]) ?? 0;
        context.Console.Out.WriteLine($"allocated            {Human.Bytes(total)}{(isRate ? $", {Human.Bytes(AsNumber(costs["bytesPerSecond"]))} a second" : " since the start of the process")}");
        context.Console.Out.WriteLine($"at escapes           {Part(costs, "escapingBytes", total)}");
        context.Console.Out.WriteLine($"not in the report    {Part(costs, "notCoveredBytes", total)}");
        Column<JsonNode?>[] columns =
        [
            new("site", row => $"{row?["file"]}:{row?["line"]}"), Text("function"), isRate ? new("per second", row => AsNumber(row?["bytesPerSecond"]), row => Human.Bytes(AsNumber(row?["bytesPerSecond"]))) { IsNumber = true } : Size("bytes"),
            Share("share"), Share("relativeError", "±95%"), Text("verdict"), Text("what"), Text("reason"),
        ];
        AnalysisTables.Section(context, "Lines that allocate", sites, rows, columns);
        WriteNotes(context, sites.Take(rows));
        WriteExplanations(context, costs["explanations"] as JsonArray ?? []);
    }

    private static void WriteExplanations(CliContext context, JsonArray explanations)
    {
        if (explanations.Count > 0)
        {
            context.Console.Out.WriteLine();
            context.Console.Out.WriteLine("Lines of the report that mislead");
        }

        foreach (var explanation in explanations)
        {
            var example = explanation?["example"]?.ToString() is { Length: > 0 } text ? $" ({text})" : "";
            context.Console.Out.WriteLine(SafeText.ForTerminal($"{explanation?["count"]} × {explanation?["title"]}{example}: {explanation?["text"]}"));
        }
    }

    /// <summary>Each note once, with the lines that it is about.</summary>
    private static void WriteNotes(CliContext context, IEnumerable<JsonNode?> shown)
    {
        var notes = shown.Where(row => row?["note"] is not null).GroupBy(row => row!["note"]!.ToString()).ToList();
        if (notes.Count > 0)
        {
            context.Console.Out.WriteLine();
            context.Console.Out.WriteLine("What they mean");
        }

        foreach (var note in notes)
        {
            var places = note.Take(4).Select(row => $"{Path.GetFileName(row?["file"]?.ToString())}:{row?["line"]}");
            context.Console.Out.WriteLine(SafeText.ForTerminal($"{string.Join(", ", places)}{(note.Count() > 4 ? ", …" : "")}: {note.Key}"));
        }
    }

    private static string Part(JsonObject costs, string name, double total)
    {
        var bytes = AsNumber(costs[name]) ?? 0;
        return string.Create(CultureInfo.InvariantCulture, $"{Human.Bytes(bytes)} ({(total > 0 ? bytes / total : 0):P1})");
    }
}
