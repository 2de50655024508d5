using CsCheck;
using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps;

/// <summary>Random object graphs as a runtime would stream them.</summary>
internal static class RandomHeaps
{
    public static readonly Gen<List<(ulong Address, int Bytes, int Type, ulong[] Edges)>> Objects =
        Gen.Select(Gen.ULong[1, 200], Gen.Int[16, 5000], Gen.Int[0, 4], Gen.ULong[1, 220].Array[0, 6]).List[0, 60]
            .Select(objects => objects.Select(o => (o.Item1 * 8, o.Item2, o.Item3, o.Item4.Select(edge => edge * 8).ToArray())).DistinctBy(o => o.Item1).ToList());

    public static HeapGraphBuilder Builder(List<(ulong Address, int Bytes, int Type, ulong[] Edges)> objects)
    {
        var builder = new HeapGraphBuilder();
        foreach (var (address, bytes, type, edges) in objects)
        {
            builder.AddNode(address, bytes, (ulong)type, edges.Length);
        }

        foreach (var edge in objects.SelectMany(o => o.Edges))
        {
            builder.AddEdge(edge);
        }

        for (var type = 0; type <= 4; type++)
        {
            builder.NameType((ulong)type, new HeapType($"Shop.T{type}`1[System.String][]", type == 0 ? "" : "Shop"));
        }

        return builder;
    }

    public static HeapGraph ToGraph(List<(ulong Address, int Bytes, int Type, ulong[] Edges)> objects)
    {
        var builder = Builder(objects);
        var kinds = Enum.GetValues<HeapRootKind>();
        for (var i = 0; i < objects.Count; i += 3)
        {
            var kind = kinds[i % kinds.Length];
            builder.AddRoot(objects[i].Address, kind, kind == HeapRootKind.StaticField ? $"Shop.Cart.field{i}" : "");
        }

        return builder.Build(new HeapCompleteness { SawEnd = true }, pointerBytes: 8);
    }
}
