using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>The place in a dominator tree by types where objects gather, and the types on both sides of it.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Row">The row of the many, or that of the single large structure.</param>
/// <param name="IsJump">Whether <paramref name="Row"/> has many objects below few.</param>
internal sealed record Accumulation(TypeTree Tree, int Row, bool IsJump)
{
    private const int Many = 10;

    /// <summary>Below the many, the way goes on as long as one type has at least this share.</summary>
    private const double FollowedShare = 0.5;

    public long Bytes => Tree.TotalBytes(Row);

    /// <summary>Many objects under few: a collection, a list, an event.</summary>
    public static bool IsJumpTo(TypeTree tree, int row) => Growth(tree, row) >= Many;

    /// <summary>Twenty customers may gather in one list and a million orders in theirs: the orders are the ones to look at.</summary>
    public Accumulation Strongest() => this with { Row = Way().SkipWhile(row => row != Row).MaxBy(row => Growth(Tree, row)) };

    /// <summary>Rows from the holder to the heaviest content below the place.</summary>
    public IReadOnlyList<int> Way()
    {
        var way = new List<int>(Tree.PathTo(Row));
        for (var row = Row; Tree.Children(row) is [var heaviest, ..] && Tree.TotalBytes(heaviest) >= Tree.TotalBytes(row) * FollowedShare; row = heaviest)
        {
            way.Add(heaviest);
        }

        return way;
    }

    /// <summary>The row to name: the first type of the program at or below the place, else the first that is more than plumbing.</summary>
    public int Culprit()
    {
        var below = Way().SkipWhile(row => row != Row).ToList();
        var shapes = below.Select(row => (row, Shape: Shape(row))).Where(pair => Tree[pair.row].Objects * Many >= Tree[Row].Objects).ToList();
        return shapes.Where(pair => pair.Shape.IsApplication).Select(pair => pair.row)
            .Concat(shapes.Where(pair => !pair.Shape.IsPlumbing).Select(pair => pair.row))
            .Append(Row).First();
    }

    /// <summary>Types of the program above the place, nearest last.</summary>
    public IEnumerable<int> Owners() => Tree.PathTo(Row).Where(row => row != Row && Tree[row].Type != TypeTree.NoType && Shape(row).IsApplication);

    public HeapHolder Holder() => Tree[Tree.PathTo(Row)[0]].Holder;

    public TypeShape Shape(int row) => TypeShape.Of(Tree.Types.Names[Tree[row].Type]);

    public LeakPattern Pattern()
    {
        var above = Tree.PathTo(Row).Where(row => row != Row && Tree[row].Type != TypeTree.NoType).Select(Shape).ToList();
        var around = Way().SkipWhile(row => row != Row).TakeWhile(row => row != Culprit()).Append(Culprit()).Select(Shape).Concat(above.TakeLast(3)).ToList();
        var nearest = above.LastOrDefault(shape => shape.IsCollection || !shape.IsPlumbing);
        return Holder().Kind switch
        {
            HeapRootKind.Finalizer => LeakPattern.FinalizerQueue,
            HeapRootKind.PinnedHandle => LeakPattern.PinnedHandles,
            _ when IsJump && above is [.., { Stem: "System.Object", IsArray: true }] && (Shape(Row).IsDelegate || IsSameAsTwoAbove()) => LeakPattern.EventHandlers,
            _ when around.Any(shape => shape.Stem.EndsWith("TimerQueueTimer", StringComparison.Ordinal)) => LeakPattern.Timers,
            _ when around.Any(shape => shape.Stem == "CallbackNode") => LeakPattern.CancellationCallbacks,
            _ when around.Any(shape => shape.Stem.EndsWith("AsyncStateMachineBox", StringComparison.Ordinal)) => LeakPattern.AsyncMethods,
            _ when nearest is { IsCollection: true } && nearest.Stem.EndsWith("ConcurrentDictionary", StringComparison.Ordinal) => LeakPattern.ConcurrentDictionary,
            _ when nearest is { IsCollection: true } || (IsJump && above is [.., { IsArray: true }]) => LeakPattern.Collection,
            _ when IsJump && AreLinked() => LeakPattern.LinkedObjects,
            _ => LeakPattern.Other,
        };
    }

    private static double Growth(TypeTree tree, int row) =>
        tree[row].Type == TypeTree.NoType ? 0 : (double)tree[row].Objects / Math.Max(1, tree[tree[row].Parent].Objects);

    // Many below few may as well be in two collections at once, so that neither dominates them.
    private bool AreLinked() => 2 * Tree[Row].Folded > Tree[Row].Objects;

    // A delegate of the program's own type: its list of subscribers holds delegates of the same type.
    private bool IsSameAsTwoAbove() => Tree[Tree[Row].Parent].Parent is > 0 and var row && Tree[row].Type == Tree[Row].Type;
}
