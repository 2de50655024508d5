using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>
/// A heap stream read as simple code would: TraceEvent's accessors, growing lists, a dictionary from address to object, an array of
/// resolved references. Knows nothing of lost blocks, damaged files, dependent handles or types.
/// </summary>
internal static class PlainHeapReader
{
    /// <returns>Objects and resolved references.</returns>
    public static (int Objects, int References) Read(string path)
    {
        var (addresses, bytes, types, start, edges) = (new List<ulong>(), new List<long>(), new List<ulong>(), new List<int>(), new List<ulong>());
        using (var source = new EventPipeEventSource(path))
        {
            var announced = 0;
            source.Clr.GCBulkNode += (GCBulkNodeTraceData data) =>
            {
                for (var i = 0; i < data.Count; i++)
                {
                    var node = data.Values(i);
                    addresses.Add(node.Address);
                    bytes.Add((long)node.Size);
                    types.Add(node.TypeID);
                    start.Add(announced);
                    announced += (int)node.EdgeCount;
                }
            };
            source.Clr.GCBulkEdge += (GCBulkEdgeTraceData data) =>
            {
                for (var i = 0; i < data.Count; i++)
                {
                    edges.Add(data.Values(i).Target);
                }
            };
            source.Process();
        }

        var index = new Dictionary<ulong, int>(addresses.Count);
        for (var node = 0; node < addresses.Count; node++)
        {
            index.Add(addresses[node], node);
        }

        var targets = new int[edges.Count];
        for (var edge = 0; edge < targets.Length; edge++)
        {
            targets[edge] = index.GetValueOrDefault(edges[edge], -1);
        }

        return (addresses.Count, targets.Count(target => target >= 0));
    }
}
