namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>What the advisor is given about one process.</summary>
public sealed record AdvisedInstance
{
    public required string Instance { get; init; }

    /// <summary>"workstation concurrent", "workstation non-concurrent", "server concurrent", "server datas", ... as agents tell it.</summary>
    public required string GcMode { get; init; }

    /// <summary>"production", "staging", ... as agents tell it; empty where it is not known.</summary>
    public string Environment { get; init; } = "";

    /// <summary>".NET 10.0.1", "10.0.1" or empty.</summary>
    public string Runtime { get; init; } = "";

    public int ProcessorCount { get; init; }

    /// <summary>0 when there is no limit.</summary>
    public long MemoryLimitBytes { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Reasons of those gen2 GCs of which single records are kept (the longest ones), as the runtime names them: "AllocLarge".</summary>
    public IReadOnlyList<string> FullGcReasons { get; init; } = [];

    /// <summary>Its windows, in order of time.</summary>
    public IReadOnlyList<PauseWindow> Windows { get; init; } = [];
}
