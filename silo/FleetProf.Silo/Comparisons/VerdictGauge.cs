using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>
/// The verdict on the latest deploy of every service in each environment as a metric, so that rollout tools can gate on it: 0 pass, 1 regressed, 2
/// inconclusive, and nothing while it is undecided, for that of the deploy before says nothing of this one. Comparisons that somebody asks for are not shown. Every silo
/// shows the same: what it plans and decides itself at once, what others do when it reads the catalog again. Exported with the fleet's metrics and not by
/// an instrument: the metrics library keeps each service and version for ever, up to a number, and would show none of the deploys after that.
/// </summary>
internal sealed partial class VerdictGauge(ComparisonTable table, TimeProvider clock, ILogger<VerdictGauge> logger) : BackgroundService
{
    public const string Help = "Verdict on the latest deploy of a service in an environment: 0 pass, 1 regressed, 2 inconclusive; none while it is undecided.";

    /// <summary>As OpenTelemetry names it.</summary>
    public const string Name = "fleetprof.comparison.verdict";

    /// <summary>As Prometheus shows it.</summary>
    public const string PrometheusName = "fleetprof_comparison_verdict";

    /// <summary>A verdict of another silo is shown no later.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Service, string Environment), DeployVerdict> latest = [];

    /// <summary>Planned or decided here since the catalog was last asked: its answer may not have it.</summary>
    private readonly Dictionary<(string Service, string Environment), DeployVerdict> changedSince = [];

    /// <summary>What is decided, by the names of service and environment.</summary>
    public IReadOnlyList<DeployVerdict> Decided()
    {
        lock (gate)
        {
            return [.. latest.Values.Where(verdict => verdict.Verdict != ComparisonVerdict.Pending)
                .OrderBy(verdict => verdict.Service, StringComparer.Ordinal).ThenBy(verdict => verdict.Environment, StringComparer.Ordinal)];
        }
    }

    /// <summary>Call it when the catalog has the plan or the decision. What is older than what is shown changes nothing.</summary>
    public void Show(Comparison comparison)
    {
        if (DeployVerdict.Of(comparison) is not { } verdict)
        {
            return;
        }

        lock (gate)
        {
            Take(latest, verdict);
            Take(changedSince, verdict);
        }
    }

    /// <summary>Takes up what was decided before this start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down: the next start reads the catalog.
        }
    }

    /// <summary>Shows what the catalog has, and nothing of services that it no longer has.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            changedSince.Clear();
        }

        try
        {
            Replace(await table.ListLatestVerdictsAsync(cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRead(exception, Name, Interval);
        }
    }

    private void Replace(IReadOnlyList<DeployVerdict> verdicts)
    {
        lock (gate)
        {
            latest.Clear();
            foreach (var verdict in verdicts.Concat(changedSince.Values))
            {
                Take(latest, verdict);
            }
        }
    }

    private static void Take(Dictionary<(string Service, string Environment), DeployVerdict> verdicts, DeployVerdict verdict)
    {
        if (verdict.Replaces(verdicts.GetValueOrDefault(verdict.Place)))
        {
            verdicts[verdict.Place] = verdict;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Verdicts could not be read; {Metric} shows those known before, and the next try is in {Interval}")]
    private partial void LogNotRead(Exception exception, string metric, TimeSpan interval);
}
