using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Analyze;

/// <summary>Prints what the analyzer wrote: head figures, then the top of each table that is there.</summary>
internal static class AnalysisTables
{
    public static void Write(CliContext context, string folder, int rows)
    {
        var summary = Read(folder, "summary.json") as JsonObject ?? [];
        var tables = new Dictionary<string, JsonArray>
        {
            ["methods"] = Rows(folder, "cpu.top.json"),
            ["allocatedTypes"] = Rows(folder, "alloc.types.json"),
            ["allocatingMethods"] = Rows(folder, "alloc.top.json"),
            ["hiddenAllocations"] = Rows(folder, "alloc.hidden.json"),
            ["hiddenAdvice"] = (Read(folder, "alloc.hidden.json") as JsonObject)?["advice"] as JsonArray ?? [],
            ["heapTypes"] = Rows(folder, "heap.types.json"),
            ["gcs"] = Rows(folder, "gcs.json"),
        };
        switch (context.Output)
        {
            case OutputFormat.Table:
                WriteForPeople(context, summary, tables, rows);
                break;
            case OutputFormat.Csv:
                WriteCsv(context, tables.First(table => table.Value.Count > 0 || table.Key == "gcs").Value);
                break;
            default:
                var all = new JsonObject { ["summary"] = summary };
                foreach (var (name, table) in tables.Where(table => table.Value.Count > 0))
                {
                    all[name] = new JsonArray([.. table.Take(rows).Select(row => row?.DeepClone())]);
                }

                context.Console.Out.WriteLine(all.ToJsonString(context.Output == OutputFormat.Json ? CliJson.Indented : CliJson.Options));
                break;
        }
    }

    private static void WriteForPeople(CliContext context, JsonObject summary, Dictionary<string, JsonArray> tables, int rows)
    {
        var output = context.Console.Out;
        // Counts that do not belong to this kind are zero; lost events matter also when there are none.
        foreach (var (name, value) in summary.Where(field => field.Value is JsonValue && (AsNumber(field.Value) != 0 || field.Key == "lostEvents")))
        {
            var text = name.EndsWith("Bytes", StringComparison.Ordinal) ? Human.Bytes(AsNumber(value)) : value!.ToString();
            output.WriteLine($"{name,-20} {SafeText.ForTerminal(text)}");
        }

        foreach (var warning in summary["warnings"] as JsonArray ?? [])
        {
            context.Console.Note($"warning: {warning}");
        }

        Section(context, "Top methods by own CPU samples", tables["methods"], rows, Text("name"), Number("self"), Number("total"), Text("module"));
        Section(context, "Top allocated types", tables["allocatedTypes"], rows, Text("type"), Size("bytes"), Number("objects"), Number("samples"));
        Section(context, "Top allocating methods", tables["allocatingMethods"], rows, Text("name"), Size("self"), Size("total"), Text("module"));
        Section(context, "Hidden allocations", tables["hiddenAllocations"], rows, Text("class"), Text("title"), Text("detail"), Size("bytes"), Share("share"), Share("relativeError", "±95%"), Text("userMethod"), Text("type"), Text("note"));
        HiddenAdvice.Write(context, tables["hiddenAllocations"].Take(rows), tables["hiddenAdvice"]);
        Section(context, "Top heap types by shallow bytes", tables["heapTypes"], rows, Text("type"), Number("count"), Size("shallowBytes"));
        var longest = new JsonArray([.. tables["gcs"].OrderByDescending(gc => AsNumber(gc?["Pause MSec"]) ?? 0).Select(gc => gc?.DeepClone())]);
        Section(context, "Longest GCs", longest, rows,
            Number("GC Index"), Text("Gen"), Text("Type"), Text("Trigger Reason"), Number("Pause Start"), Number("Suspend Msec"), Number("Pause MSec"), Number("After MB"), Number("Promoted MB"), Text("Cause"), Text("Evidence"));
    }

    private static void Section(CliContext context, string title, JsonArray table, int rows, params Column<JsonNode?>[] columns)
    {
        if (table.Count > 0)
        {
            context.Console.Out.WriteLine();
            context.Console.Out.WriteLine($"{title} ({Math.Min(rows, table.Count)} of {table.Count})");
            ResultWriter.WriteTable(context.Console, [.. table.Take(rows)], columns);
        }
    }

    private static void WriteCsv(CliContext context, JsonArray table)
    {
        var names = (table.FirstOrDefault() as JsonObject ?? []).Select(field => field.Key).ToArray();
        context.Console.Out.WriteLine(string.Join(',', names.Select(SafeText.ForCsv)));
        foreach (var row in table)
        {
            context.Console.Out.WriteLine(string.Join(',', names.Select(name => SafeText.ForCsv(row?[name]?.ToString()))));
        }
    }

    private static Column<JsonNode?> Text(string name) => new(name, row => row?[name]?.ToString());

    private static Column<JsonNode?> Number(string name) => new(name, row => AsNumber(row?[name])) { IsNumber = true };

    private static Column<JsonNode?> Size(string name) => new(name, row => AsNumber(row?[name]), row => Human.Bytes(AsNumber(row?[name]))) { IsNumber = true };

    private static Column<JsonNode?> Share(string name, string? title = null) =>
        new(title ?? name, row => AsNumber(row?[name]), row => AsNumber(row?[name]) is { } share ? share.ToString("P1", CultureInfo.InvariantCulture) : "-") { IsNumber = true };

    private static double? AsNumber(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    private static JsonArray Rows(string folder, string file) => Read(folder, file) switch
    {
        JsonArray rows => rows,
        JsonObject table when table["rows"] is JsonArray rows => rows,
        _ => [],
    };

    private static JsonNode? Read(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
