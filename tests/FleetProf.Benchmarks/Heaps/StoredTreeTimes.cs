using System.Diagnostics;
using System.Globalization;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>How long the silo takes for a page of a stored tree, the paths of a type and a difference: all that the portal asks of a heap.</summary>
internal static class StoredTreeTimes
{
    private const int Asked = 200;

    /// <summary>Rows of the widest tree: as many as an analysis makes at most.</summary>
    private const int Wide = 511;

    /// <param name="path">A heap.tree.</param>
    /// <param name="name">What it is of.</param>
    public static void Print(string path, string name)
    {
        var random = new Random(1);
        using var opened = File.OpenRead(path);
        var rows = HeapTreeReader.Open(opened).RowCount;
        var types = HeapTreeReader.Open(opened).TypeRows();
        Write($"{name}: {rows:N0} rows, {types.Count:N0} types, {opened.Length / 1e6:0.0} MB");
        Timed($"{name}: a row opened (file opened, 50 children and all above them read)", Asked, () =>
        {
            using var stream = File.OpenRead(path);
            var reader = HeapTreeReader.Open(stream);
            var row = random.Next(reader.RowCount);
            reader.Ancestors(row);
            reader.Children(row, 0, 50);
        });
        Timed($"{name}: paths of a type", 20, () =>
        {
            using var stream = File.OpenRead(path);
            HeapTreeReader.Open(stream).PathsOf(types[random.Next(types.Count)].Type);
        });
        Timed($"{name}: difference with itself", 3, () =>
        {
            using var stream = File.OpenRead(path);
            var reader = HeapTreeReader.Open(stream);
            HeapDiff.Of(reader.ToState(), reader.ToState());
        });
    }

    /// <summary>Writes the tree of a heap whose objects all have different types above them.</summary>
    public static string Widest(string folder)
    {
        var (count, path) = (1 + Wide + (Wide * Wide), Path.Combine(folder, "widest.tree"));
        var start = new int[count + 1];
        for (var node = 0; node < count; node++)
        {
            start[node + 1] = start[node] + (node <= Wide ? Wide : 0);
        }

        var graph = new HeapGraph
        {
            Types = [.. Enumerable.Range(0, (2 * Wide) + 1).Select(type => new HeapType($"Example.Shop.Model.Entity{type}", "Example.Shop"))],
            TypeIndex = [0, .. Enumerable.Range(1, Wide), .. Enumerable.Range(0, Wide * Wide).Select(node => 1 + Wide + (node % Wide))],
            ShallowBytes = [.. Enumerable.Range(0, count).Select(node => 24L + (node % 1_000))],
            Address = [.. Enumerable.Range(1, count).Select(node => (ulong)node * 8)],
            EdgeStart = start,
            EdgeTarget = [.. Enumerable.Range(1, Wide), .. Enumerable.Range(1 + Wide, Wide * Wide)],
            Roots = [new HeapRoot(0, HeapRootKind.StaticField, "Example.Shop.Model.Entity0.all")],
            Completeness = new HeapCompleteness { SawEnd = true },
        };
        var types = TypeGroups.Of(graph);
        var retention = HeapRetention.Of(graph, types);
        using var stream = File.Create(path);
        HeapTreeWriter.Write(graph, HeapTypes.Of(graph, types, retention.RetainedByType), retention, stream);
        return path;
    }

    private static void Timed(string what, int times, Action run)
    {
        run();
        var milliseconds = new double[times];
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            run();
            milliseconds[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(milliseconds);
        Write($"{what}: median {milliseconds[times / 2]:0.00} ms, longest {milliseconds[^1]:0.00} ms of {times}");
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
