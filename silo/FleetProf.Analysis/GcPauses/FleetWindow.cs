namespace FleetProf.Analysis.GcPauses;

/// <summary>
/// The windows of several instances at one time, added up. In <see cref="Sum"/> the states of heap and process are sums too, each over
/// the instances that had one; they divide by the counts here.
/// </summary>
public sealed record FleetWindow
{
    public required PauseWindow Sum { get; init; }

    /// <summary>Instances that were watched.</summary>
    public required int Instances { get; init; }

    /// <summary>Instances that had a GC.</summary>
    public required int HeapInstances { get; init; }

    /// <summary>Instances that had a gen2 GC.</summary>
    public required int Gen2Instances { get; init; }

    /// <summary>Instances whose runtime told its committed memory.</summary>
    public required int CommittedInstances { get; init; }

    /// <summary>Instances whose process could be measured.</summary>
    public required int ProcessInstances { get; init; }

    /// <summary>Windows of different instances with the same start.</summary>
    public static FleetWindow Of(IEnumerable<PauseWindow> windows, long startMs)
    {
        var step = new TrendStep(startMs, "");
        foreach (var window in windows) step.Add([window]);
        return step.ToWindow();
    }
}
