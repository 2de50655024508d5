using System.Text.Json.Nodes;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using static FleetProf.Cli.Analyze.ResultJson;

namespace FleetProf.Cli.Analyze;

/// <summary>Prints what the analyzer wrote: head figures, then each table that is there; for people its top.</summary>
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
            ["inUseFunctions"] = Rows(folder, "inuse.top.json"),
            ["goroutines"] = Rows(folder, "goroutine.top.json"),
            ["heapTypes"] = Rows(folder, "heap.types.json"),
            ["gcs"] = Rows(folder, "gcs.json"),
            ["suspects"] = Rows(folder, "heap.suspects.json"),
            ["findings"] = Rows(folder, "heap.suspects.json", "findings"),
        };
        switch (context.Output)
        {
            case OutputFormat.Table:
                WriteForPeople(context, summary, tables, rows);
                break;
            case OutputFormat.Csv:
                WriteCsv(context, tables.First(table => table.Value.Count > 0 || table.Key == "findings").Value);
                break;
            default:
                var all = new JsonObject { ["summary"] = summary };
                foreach (var (name, table) in tables.Where(table => table.Value.Count > 0))
                {
                    all[name] = table.DeepClone();
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
        Section(context, "Top allocated types", tables["allocatedTypes"], rows, Text("type"), Size("bytes"), Share("relativeError", "±95%"), Number("objects"), Number("samples"), Mark("isLowConfidence", "note", "few samples"));
        Section(context, "Top allocating methods", tables["allocatingMethods"], rows, Text("name"), Size("self"), Size("total"), Text("module"));
        Section(context, "Hidden allocations", tables["hiddenAllocations"], rows, Text("class"), Text("title"), Text("detail"), Size("bytes"), Share("share"), Share("relativeError", "±95%"), Text("userMethod"), Text("type"), Text("note"));
        HiddenAdvice.Write(context, tables["hiddenAllocations"].Take(rows), tables["hiddenAdvice"]);
        Section(context, "Top functions by what they allocated and is in use", tables["inUseFunctions"], rows, Text("name"), Size("self"), Size("total"), Text("module"));
        Section(context, "Where goroutines are", tables["goroutines"], rows, Text("name"), Number("self"), Number("total"), Text("module"));
        WriteHeap(context, tables, rows);
        var longest = new JsonArray([.. tables["gcs"].OrderByDescending(gc => AsNumber(gc?["Pause MSec"]) ?? 0).Select(gc => gc?.DeepClone())]);
        Section(context, "Longest GCs", longest, rows,
            Number("GC Index"), Text("Gen"), Text("Type"), Text("Trigger Reason"), Number("Pause Start"), Number("Suspend Msec"), Number("Pause MSec"), Number("After MB"), Number("Promoted MB"), Text("Cause"), Text("Evidence"));
    }

    private static void WriteHeap(CliContext context, Dictionary<string, JsonArray> tables, int rows)
    {
        Sentences(context, "Leak suspects", tables["suspects"], rows);
        Sentences(context, "Also seen", tables["findings"], rows);
        var retained = new JsonArray([.. tables["heapTypes"].Where(type => AsNumber(type?["retainedBytes"]) > 0).OrderByDescending(type => AsNumber(type!["retainedBytes"])).Select(type => type?.DeepClone())]);
        Section(context, "Top heap types by retained bytes", retained, rows, Text("type"), Number("count"), Size("retainedBytes"), Size("shallowBytes"));
        Section(context, "Top heap types by shallow bytes", tables["heapTypes"], rows, Text("type"), Number("count"), Size("shallowBytes"));
    }

    /// <summary>A numbered list of the rows' sentences.</summary>
    public static void Sentences(CliContext context, string title, JsonArray table, int rows)
    {
        var sentences = table.Select(row => row?["sentence"]?.ToString()).OfType<string>().ToList();
        if (sentences.Count > 0)
        {
            context.Console.Out.WriteLine();
            context.Console.Out.WriteLine($"{title} ({Math.Min(rows, sentences.Count)} of {sentences.Count})");
        }

        for (var i = 0; i < Math.Min(rows, sentences.Count); i++)
        {
            context.Console.Out.WriteLine($"{i + 1,3}. {SafeText.ForTerminal(sentences[i])}");
        }
    }

    public static void Section(CliContext context, string title, JsonArray table, int rows, params Column<JsonNode?>[] columns)
    {
        if (table.Count > 0)
        {
            context.Console.Out.WriteLine();
            context.Console.Out.WriteLine($"{title} ({Math.Min(rows, table.Count)} of {table.Count})");
            ResultWriter.WriteTable(context.Console, [.. table.Take(rows)], columns);
        }
    }

    /// <summary>All rows with all their fields.</summary>
    public static void WriteCsv(CliContext context, JsonArray table)
    {
        var names = (table.FirstOrDefault() as JsonObject ?? []).Select(field => field.Key).ToArray();
        context.Console.Out.WriteLine(string.Join(',', names.Select(SafeText.ForCsv)));
        foreach (var row in table)
        {
            context.Console.Out.WriteLine(string.Join(',', names.Select(name => SafeText.ForCsv(row?[name]?.ToString()))));
        }
    }
}
