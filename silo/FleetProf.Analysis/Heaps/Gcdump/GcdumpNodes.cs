namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>The node tables of a .gcdump as they stand in the file, and their translation to a heap graph.</summary>
internal sealed class GcdumpNodes(int root, (HeapType Type, int Bytes)[] types, int[] offsets, byte[] data, ulong[] addresses)
{
    /// <param name="pointerBytes">4 or 8.</param>
    /// <param name="problem">Why these are not all objects; null when they are.</param>
    public HeapGraph ToHeapGraph(int pointerBytes, string? problem)
    {
        // Objects have an address; roots and their groups have none. Objects that were never walked are not part of the heap.
        var objects = new int[offsets.Length];
        var (count, edges) = (0, 0L);
        for (var node = 0; node < offsets.Length; node++)
        {
            var isObject = addresses[node] != 0 && !IsUndefined(node);
            objects[node] = isObject ? count++ : -1;
            edges += isObject ? Head(node).Children : 0;
        }

        // Each reference takes a byte at least, so more can only be claimed.
        var graph = new Columns(count, edges <= data.Length ? (int)edges : throw new InvalidDataException("the .gcdump claims more references than it holds"));
        long unresolved = 0;
        for (var node = 0; node < offsets.Length; node++)
        {
            if (objects[node] >= 0)
            {
                unresolved += Copy(node, objects, graph);
            }
        }

        graph.Start[count] = graph.Used;
        return new HeapGraph
        {
            Types = [.. types.Select(type => type.Type with { Name = GcdumpNames.Of(type.Type.Name) })],
            TypeIndex = graph.Types,
            ShallowBytes = SizeColumn.Of(graph.Bytes),
            Address = graph.Addresses,
            EdgeStart = graph.Start,
            EdgeTarget = unresolved == 0 ? graph.Targets : graph.Targets[..graph.Used],
            Roots = Roots(objects),
            PointerBytes = pointerBytes,
            Completeness = new HeapCompleteness { Objects = count, Bytes = graph.Bytes.Sum(), UnresolvedEdges = unresolved, SawEnd = true, ReadProblem = problem },
        };
    }

    private long Copy(int node, int[] objects, Columns graph)
    {
        long unresolved = 0;
        var (type, bytes, children, position) = Head(node);
        var target = objects[node];
        graph.Types[target] = type;
        graph.Bytes[target] = bytes;
        graph.Addresses[target] = addresses[node];
        graph.Start[target] = graph.Used;
        for (var i = 0; i < children; i++)
        {
            var child = Child(node, ref position);
            if (objects[child] >= 0)
            {
                graph.Targets[graph.Used++] = objects[child];
            }
            else
            {
                unresolved++;
            }
        }

        return unresolved;
    }

    private List<HeapRoot> Roots(int[] objects)
    {
        var roots = new List<HeapRoot>();
        var seen = new HashSet<int>();
        var pending = new Stack<(int Node, HeapRootKind Kind, string Label)>();
        pending.Push((root, HeapRootKind.Other, ""));
        while (pending.TryPop(out var at))
        {
            if (objects[at.Node] >= 0)
            {
                roots.Add(new HeapRoot(objects[at.Node], at.Kind, at.Label));
                continue;
            }

            if (!seen.Add(at.Node))
            {
                continue;
            }

            var (type, _, children, position) = Head(at.Node);
            var name = types[type].Type.Name;
            var kind = GcdumpRoots.KindOf(name) ?? at.Kind;
            var label = name.StartsWith(StaticPrefix, StringComparison.Ordinal) ? GcdumpNames.Of(name[StaticPrefix.Length..^1]) : at.Label;
            for (var i = 0; i < children; i++)
            {
                pending.Push((Child(at.Node, ref position), kind, label));
            }
        }

        return roots;
    }

    private (int Type, int Bytes, int Children, int Position) Head(int node)
    {
        var position = offsets[node];
        var typeAndFlag = GcdumpNumber.Read(data, ref position);
        var type = typeAndFlag >> 1;
        var bytes = (typeAndFlag & 1) != 0 ? GcdumpNumber.Read(data, ref position) : types[type].Bytes;
        var children = GcdumpNumber.Read(data, ref position);
        return type < types.Length && children >= 0
            ? (type, Math.Max(0, bytes), children, position)
            : throw new InvalidDataException("the .gcdump's node data is damaged");
    }

    private int Child(int node, ref int position) => checked(GcdumpNumber.Read(data, ref position) + node);

    // Objects that others refer to but that were never walked keep the writer's first type.
    private bool IsUndefined(int node) => types[Head(node).Type].Type.Name == "UNDEFINED";

    private const string StaticPrefix = "[static var ";

    private sealed class Columns(int count, int edges)
    {
        public int[] Types { get; } = new int[count];

        public long[] Bytes { get; } = new long[count];

        public ulong[] Addresses { get; } = new ulong[count];

        public int[] Start { get; } = new int[count + 1];

        public int[] Targets { get; } = new int[edges];

        /// <summary>References resolved so far.</summary>
        public int Used { get; set; }
    }
}
