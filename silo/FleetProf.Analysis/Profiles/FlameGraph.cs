using System.Text.Json;

namespace FleetProf.Analysis.Profiles;

/// <summary>
/// A call tree in columns, one entry per node in pre-order: what the portal's canvas draws.
/// Level 0 is the root "all"; names and modules are indexes into string tables, so 50,000 nodes stay small.
/// </summary>
public sealed class FlameGraph
{
    /// <summary>More nodes than a screen can show; beyond, the lightest below each node become one.</summary>
    public const int DefaultMaxNodes = 100_000;

    private static readonly Frame Everything = new("all", "");
    private static readonly Frame LighterFrames = new("[lighter frames]", "");

    private readonly Dictionary<string, int> _nameIds = [];
    private readonly Dictionary<string, int> _moduleIds = [];

    public List<string> Names { get; } = [];

    public List<string> Modules { get; } = [];

    public List<int> Name { get; } = [];

    public List<int> Module { get; } = [];

    public List<int> Level { get; } = [];

    public List<double> Totals { get; } = [];

    public List<double> Self { get; } = [];

    /// <summary>How many equal samples would tell each total as surely as those that are there; empty where the profile does not say what single samples stand for.</summary>
    public List<long> Samples { get; } = [];

    /// <summary>Null where the profile does not say when its samples came.</summary>
    internal FlameSlices? Slices { get; private set; }

    /// <summary>Nodes left out because there were too many; their value is in the one node "[lighter frames]" of the caller that is kept.</summary>
    public int DroppedNodes { get; private set; }

    /// <param name="profile">What is drawn.</param>
    /// <param name="measure">Of the profile's measures, which.</param>
    /// <param name="maxNodes">At least two: the root, and all else in one.</param>
    public static FlameGraph Of(Profile profile, int measure, int maxNodes = DefaultMaxNodes)
    {
        var tree = CallTree.Of(profile, measure);
        var squares = profile.HasSquares && measure == 0 ? new TreeSquares(profile) : null;
        var drawn = profile.SliceMs.Count > 0 && measure == 0 ? new DrawnStacks(profile.Stacks) : null;
        var graph = new FlameGraph();
        var kept = 0;
        foreach (var node in tree.PreOrder(maxNodes))
        {
            var isRest = node.Rest > 0;
            var frame = isRest ? LighterFrames : node.Stack == StackTable.Root ? Everything : profile.Frames[profile.Stacks.LeafFrame(node.Stack)];
            graph.Name.Add(Intern(graph._nameIds, graph.Names, frame.Name));
            graph.Module.Add(Intern(graph._moduleIds, graph.Modules, frame.Module));
            drawn?.Add(node, graph.Level.Count);
            graph.Level.Add(node.Level);
            graph.Totals.Add(isRest ? node.Rest : tree.Total(node.Stack));
            graph.Self.Add(isRest ? node.Rest : tree.Self(node.Stack));
            if (squares is not null)
            {
                graph.Samples.Add(TreeSquares.EqualSamples(graph.Totals[^1], squares.Next(node)));
            }

            kept += isRest ? 0 : 1;
        }

        graph.DroppedNodes = tree.NodeCount - kept;
        graph.Slices = drawn is null ? null : FlameSlices.Of(profile, drawn);
        return graph;
    }

    /// <summary>
    /// The flame file: <c>{unit,total,sampleCount,lostEvents,droppedNodes,names,modules,name,module,level,totals,self}</c>; unit is "samples" or "bytes".
    /// Where single samples are known to stand for unequal amounts, <c>samples</c> follows. Where it is known when they came, <c>slices</c> follows, with
    /// <c>{ms,node,slice,self}</c>: the length of each slice of the time, then three columns of what came itself to which node in which slice.
    /// </summary>
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
        if (Samples.Count > 0)
        {
            WriteNumbers(json, "samples", Samples, value => value);
        }

        if (Slices is { } slices)
        {
            json.WriteStartObject("slices");
            WriteNumbers(json, "ms", slices.Ms, Rounded);
            WriteNumbers(json, "node", slices.Node, value => value);
            WriteNumbers(json, "slice", slices.Slice, value => value);
            WriteNumbers(json, "self", slices.Self, Rounded);
            json.WriteEndObject();
        }

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

    private static void WriteNumbers<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> values, Func<T, long> asNumber)
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
