using System.Text.Json;

namespace FleetProf.Analysis.Profiles;

/// <summary>
/// A call tree in columns, one entry per node in pre-order: what the portal's canvas draws.
/// Level 0 is the root "all"; names and modules are indexes into string tables, so 50,000 nodes stay small.
/// </summary>
public sealed class FlameGraph
{
    /// <summary>More nodes than a screen can show; the lightest are dropped beyond.</summary>
    public const int DefaultMaxNodes = 100_000;

    private readonly Dictionary<string, int> _nameIds = [];
    private readonly Dictionary<string, int> _moduleIds = [];

    public List<string> Names { get; } = [];

    public List<string> Modules { get; } = [];

    public List<int> Name { get; } = [];

    public List<int> Module { get; } = [];

    public List<int> Level { get; } = [];

    public List<double> Totals { get; } = [];

    public List<double> Self { get; } = [];

    /// <summary>Nodes left out because there were too many; their value is still in their callers' totals.</summary>
    public int DroppedNodes { get; private set; }

    public static FlameGraph Of(Profile profile, int measure, int maxNodes = DefaultMaxNodes)
    {
        var tree = CallTree.Of(profile, measure);
        var graph = new FlameGraph();
        foreach (var node in tree.PreOrder(maxNodes))
        {
            var frame = node.Stack == StackTable.Root ? new Frame("all", "") : profile.Frames[profile.Stacks.LeafFrame(node.Stack)];
            graph.Name.Add(Intern(graph._nameIds, graph.Names, frame.Name));
            graph.Module.Add(Intern(graph._moduleIds, graph.Modules, frame.Module));
            graph.Level.Add(node.Level);
            graph.Totals.Add(tree.Total(node.Stack));
            graph.Self.Add(tree.Self(node.Stack));
        }

        graph.DroppedNodes = tree.NodeCount - graph.Name.Count;
        return graph;
    }

    /// <summary>The flame file: <c>{unit,total,sampleCount,lostEvents,droppedNodes,names,modules,name,module,level,totals,self}</c>; unit is "samples" or "bytes".</summary>
    public void WriteJson(Stream output, string unit, long sampleCount, long lostEvents)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("unit", unit);
        json.WriteNumber("total", Rounded(Totals[0]));
        json.WriteNumber("sampleCount", sampleCount);
        json.WriteNumber("lostEvents", lostEvents);
        json.WriteNumber("droppedNodes", DroppedNodes);
        WriteStrings(json, "names", Names);
        WriteStrings(json, "modules", Modules);
        WriteNumbers(json, "name", Name, value => value);
        WriteNumbers(json, "module", Module, value => value);
        WriteNumbers(json, "level", Level, value => value);
        WriteNumbers(json, "totals", Totals, Rounded);
        WriteNumbers(json, "self", Self, Rounded);
        json.WriteEndObject();
    }

    private static long Rounded(double value) => (long)Math.Round(value);

    private static int Intern(Dictionary<string, int> ids, List<string> table, string text)
    {
        if (!ids.TryGetValue(text, out var id))
        {
            id = table.Count;
            table.Add(text);
            ids.Add(text, id);
        }

        return id;
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, List<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
            json.HandOn();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers<T>(Utf8JsonWriter json, string name, List<T> values, Func<T, long> asNumber)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(asNumber(value));
            json.HandOn();
        }

        json.WriteEndArray();
    }
}
