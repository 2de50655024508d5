namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>The pseudo nodes that stand for roots in a .gcdump, under the names its viewers know. Node 0 is the root of all.</summary>
internal sealed class GcdumpRoots
{
    public const string Root = "[.NET Roots]";

    private static readonly Dictionary<HeapRootKind, (string Group, string Name)> Names = new()
    {
        [HeapRootKind.Stack] = ("", "[local vars]"),
        [HeapRootKind.StaticField] = ("", "[static vars]"),
        [HeapRootKind.ThreadStaticField] = ("", "[thread static vars]"),
        [HeapRootKind.RefCountedHandle] = ("[other roots]", "[COM/WinRT Objects]"),
        [HeapRootKind.Finalizer] = ("[other roots]", "[finalizer Handles]"),
        [HeapRootKind.PinnedHandle] = ("[other roots]", "[pinning Handles]"),
        [HeapRootKind.StrongHandle] = ("[other roots]", "[strong Handles]"),
        [HeapRootKind.DependentHandle] = ("[other roots]", "[Dependent Handles]"),
        [HeapRootKind.OlderGeneration] = ("[other roots]", "[older generations]"),
        [HeapRootKind.WeakHandle] = ("[other roots]", "[weak Handles]"),
        [HeapRootKind.Other] = ("[other roots]", "[other Handles]"),
    };

    private readonly Dictionary<string, int> _index = [];

    public GcdumpRoots(HeapGraph graph)
    {
        Nodes.Add(new Node(Root));
        var targets = graph.Roots.Select(root => (Parent: NodeFor(root), root.Node)).ToList();
        foreach (var (parent, target) in targets)
        {
            // Children of pseudo nodes are relative to the first object, like those of objects.
            Nodes[parent].Children.Add(target);
        }

        foreach (var node in Nodes)
        {
            node.Children.InsertRange(0, node.Groups.Select(group => group - Nodes.Count));
        }
    }

    public List<Node> Nodes { get; } = [];

    /// <summary>The kind a pseudo node's name stands for; null for names that only group.</summary>
    public static HeapRootKind? KindOf(string name)
    {
        if (name.StartsWith("[static var ", StringComparison.Ordinal))
        {
            return HeapRootKind.StaticField;
        }

        foreach (var (kind, names) in Names)
        {
            if (names.Name == name)
            {
                return kind;
            }
        }

        return null;
    }

    private int NodeFor(HeapRoot root)
    {
        var (group, name) = Names.GetValueOrDefault(root.Kind, Names[HeapRootKind.Other]);
        var parent = group.Length == 0 ? 0 : Child(0, group);
        var node = Child(parent, name);
        return root.Label.Length == 0 ? node : Child(node, $"[static var {root.Label}]");
    }

    private int Child(int parent, string name)
    {
        if (!_index.TryGetValue($"{parent}/{name}", out var node))
        {
            node = Nodes.Count;
            Nodes.Add(new Node(name));
            Nodes[parent].Groups.Add(node);
            _index.Add($"{parent}/{name}", node);
        }

        return node;
    }

    /// <summary>A pseudo node. Children are relative to the first object: pseudo nodes are negative.</summary>
    internal sealed class Node(string name)
    {
        public string Name => name;

        public List<int> Groups { get; } = [];

        public List<int> Children { get; } = [];
    }
}
