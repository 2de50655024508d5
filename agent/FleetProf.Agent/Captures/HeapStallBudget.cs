using System.Globalization;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>
/// Whether a heap snapshot would stop its target for too long. The stop follows the number of objects, which nobody knows before: it is
/// told from the heap's size and what the silo knows of the service's objects.
/// </summary>
internal static class HeapStallBudget
{
    /// <summary>Null when it may be taken, else one sentence with the estimate and what it is made of.</summary>
    /// <param name="heapBytes">After the last collection, or all of the private memory where that is unknown.</param>
    /// <param name="order">Limit and rates; without them nothing is refused.</param>
    public static string? Refuse(long heapBytes, StartCapture order)
    {
        if (!(order.MaxStallMs > 0 && order.StallUsPerObject > 0 && order.BytesPerObject > 0)) return null;
        var objects = heapBytes / order.BytesPerObject;
        var stallMs = objects * order.StallUsPerObject / 1_000;
        return stallMs <= order.MaxStallMs ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"A heap of {heapBytes / 1_000_000} MB may hold {objects / 1e6:0.0} million objects ({order.BytesPerObject:0} bytes each) and stop the process for {stallMs / 1_000:0.0} s ({order.StallUsPerObject:0.00} us each); {order.MaxStallMs / 1_000:0.###} s are allowed.");
    }
}
