namespace FleetProf.Agent.Budgets;

/// <summary>A Go program that the host's owner lets FleetProf watch: by the log that it writes, by its pprof port, or both.</summary>
public sealed record GoProgramRule
{
    /// <summary>Absolute path of the executable, as /proc/PID/exe shows it.</summary>
    public string Program { get; init; } = "";

    /// <summary>Default: OTEL_SERVICE_NAME of the process, else the executable's name.</summary>
    public string? Service { get; init; }

    /// <summary>Default: what the process's OTEL_RESOURCE_ATTRIBUTES say, else none.</summary>
    public string? Version { get; init; }

    /// <summary>Absolute path of the log that holds the program's gctrace lines (GODEBUG=gctrace=1), as the agent sees it.</summary>
    public string? GctraceLog { get; init; }

    /// <summary>The port on 127.0.0.1 where the program serves net/http/pprof: for captures and, without a log, for its collections.</summary>
    public int? PprofPort { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Program is null || !Program.StartsWith('/')) yield return "goPrograms: 'program' is no absolute path";
        if (Service is "" || Version is "") yield return "goPrograms: 'service' or 'version' is empty; leave it out";
        if (GctraceLog is null && PprofPort is null) yield return "goPrograms: an entry has 'gctraceLog', 'pprofPort' or both";
        if (GctraceLog is not null && !GctraceLog.StartsWith('/')) yield return "goPrograms: 'gctraceLog' is no absolute path";
        if (PprofPort is < 1 or > 65535) yield return "goPrograms: 'pprofPort' is not from 1 to 65535";
    }
}
