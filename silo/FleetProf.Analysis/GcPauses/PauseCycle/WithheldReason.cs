namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>Why something is not predicted.</summary>
public enum WithheldReason
{
    /// <summary>Fewer than 30 young GCs under a setting.</summary>
    TooFewCycles,

    /// <summary>The allocation rate changed while watching, or between the settings seen.</summary>
    UnsteadyLoad,

    /// <summary>Fitted on the first part of what was seen, the model missed the rest.</summary>
    BacktestFailed,

    /// <summary>Too far from the budgets that were seen.</summary>
    OutsideRange,

    /// <summary>Heap count, limit, affinity or kind of GC were never seen so.</summary>
    SettingNotSeen,

    /// <summary>The runtime sets the budget itself (DATAS).</summary>
    AdaptiveBudget,

    /// <summary>One budget does not tell how survivors, and with them pauses, change with it.</summary>
    SurvivalUnknown,

    /// <summary>Of such a set budget the runtime makes what it sees fit, and what it makes of it was not seen.</summary>
    BudgetNotGranted,
}
