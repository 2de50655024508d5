using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Fleet;

/// <summary>The order of a page state. What was not measured comes last either way; ties go by service, then by id, so that rows never dance.</summary>
internal sealed class FleetOrder(FleetPageState state) : IComparer<Instance>, IComparer<ServiceTotal>
{
    public int Compare(Instance? x, Instance? y)
    {
        var order = IsText ? Turned(string.Compare(TextOf(x!), TextOf(y!), StringComparison.OrdinalIgnoreCase)) : CompareFigures(FigureOf(x!), FigureOf(y!));
        order = order != 0 ? order : string.CompareOrdinal(x!.Service, y!.Service);
        return order != 0 ? order : string.CompareOrdinal(x!.InstanceId, y!.InstanceId);
    }

    public int Compare(ServiceTotal? x, ServiceTotal? y)
    {
        var order = IsText ? Turned(string.Compare(TextOf(x!), TextOf(y!), StringComparison.OrdinalIgnoreCase)) : CompareFigures(FigureOf(x!), FigureOf(y!));
        return order != 0 ? order : string.CompareOrdinal(x!.Service, y!.Service);
    }

    private bool IsText => state.Sort is FleetColumn.Service or FleetColumn.Version or FleetColumn.Host or FleetColumn.Process or FleetColumn.Runtime;

    private int Turned(int order) => state.IsDescending ? -order : order;

    private int CompareFigures(double? x, double? y) => (x, y) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        _ => Turned(x.Value.CompareTo(y.Value)),
    };

    private string TextOf(Instance instance) => state.Sort switch
    {
        FleetColumn.Version => instance.Version,
        FleetColumn.Host => instance.Host,
        // Numbers within a text: filled up, so that they sort as numbers.
        FleetColumn.Process => instance.Pod.Length > 0 ? instance.Pod : $"pid {instance.Pid:D10}",
        FleetColumn.Runtime => instance.Runtime,
        _ => instance.Service,
    };

    private string TextOf(ServiceTotal total) => state.Sort switch
    {
        FleetColumn.Version => string.Join(' ', total.Versions),
        FleetColumn.Process => $"{total.InstanceCount:D10}",
        FleetColumn.Host => $"{total.HostCount:D10}",
        _ => total.Service,
    };

    private double? FigureOf(Instance instance) => state.Sort switch
    {
        FleetColumn.Cpu => instance.Vitals?.CpuCores,
        FleetColumn.Heap => instance.WatchedVitals()?.HeapBytes,
        FleetColumn.TimeInGc => instance.WatchedVitals()?.TimeInGcPercent,
        FleetColumn.LastPause => instance.WatchedVitals()?.LastPauseMs,
        FleetColumn.PauseP99 => instance.WatchedVitals()?.PauseP99Ms,
        FleetColumn.MaxPause => instance.WatchedVitals()?.MaxPauseMs,
        FleetColumn.Allocation => instance.WatchedVitals()?.AllocatedBytesPerSecond,
        FleetColumn.GcCount => instance.WatchedVitals()?.GcCount,
        // Troubled ones first: they are what the column is clicked for.
        FleetColumn.State => instance.Problem != InstanceProblem.None ? 0 : instance.State switch { InstanceState.Unreachable => 1, InstanceState.Ended => 2, _ => 3 },
        // An age: the oldest is the largest.
        _ => -instance.LastSeenAt.ToUnixTimeMilliseconds(),
    };

    private double? FigureOf(ServiceTotal total) => state.Sort switch
    {
        FleetColumn.Cpu => total.CpuCores,
        FleetColumn.Heap => total.HeapBytes,
        FleetColumn.TimeInGc => total.TimeInGcPercent,
        FleetColumn.LastPause => total.LastPauseMs,
        FleetColumn.PauseP99 => total.PauseP99Ms,
        FleetColumn.MaxPause => total.MaxPauseMs,
        FleetColumn.Allocation => total.AllocatedBytesPerSecond,
        FleetColumn.GcCount => total.GcCount,
        FleetColumn.State => -total.TroubledCount,
        _ => -total.LastSeenAt.ToUnixTimeMilliseconds(),
    };
}
