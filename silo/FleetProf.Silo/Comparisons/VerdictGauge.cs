using System.Diagnostics.Metrics;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>
/// The latest verdict of every service as a metric, so that rollout tools can gate on it: 0 pass, 1 regressed, 2 inconclusive. Every silo shows
/// the same: its own decisions at once, those of others when it reads the catalog again.
/// </summary>
internal sealed partial class VerdictGauge : BackgroundService
{
    public const string MeterName = "FleetProf.Comparisons";
    public const string Name = "fleetprof.comparison.verdict";

    /// <summary>A verdict of another silo is shown no later.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    internal Meter Meter { get; } = new(MeterName);

    private readonly Lock gate = new();
    private readonly Dictionary<string, ComparisonVerdict> latest = new(StringComparer.Ordinal);

    /// <summary>Decided here since the catalog was last asked: its answer may not have it.</summary>
    private readonly Dictionary<string, ComparisonVerdict> decidedSince = new(StringComparer.Ordinal);
    private readonly ComparisonTable table;
    private readonly TimeProvider clock;
    private readonly ILogger<VerdictGauge> logger;

    public VerdictGauge(ComparisonTable table, TimeProvider clock, ILogger<VerdictGauge> logger)
    {
        this.table = table;
        this.clock = clock;
        this.logger = logger;
        Meter.CreateObservableGauge(Name, Measure, description: "Latest verdict of a service: 0 pass, 1 regressed, 2 inconclusive.");
    }

    /// <summary>Call it when the catalog has the decision.</summary>
    public void Show(Comparison decided)
    {
        lock (gate)
        {
            latest[decided.Service] = decided.Verdict;
            decidedSince[decided.Service] = decided.Verdict;
        }
    }

    /// <summary>Takes up what was decided before this start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        Meter.Dispose();
        base.Dispose();
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
            decidedSince.Clear();
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

    private void Replace(IReadOnlyList<(string Service, ComparisonVerdict Verdict)> verdicts)
    {
        lock (gate)
        {
            latest.Clear();
            foreach (var (service, verdict) in verdicts)
            {
                latest[service] = verdict;
            }

            foreach (var (service, verdict) in decidedSince)
            {
                latest[service] = verdict;
            }
        }
    }

    private IEnumerable<Measurement<int>> Measure()
    {
        lock (gate)
        {
            return [.. latest
                .Where(entry => entry.Value != ComparisonVerdict.Pending)
                .Select(entry => new Measurement<int>((int)entry.Value - 1, new KeyValuePair<string, object?>("service", entry.Key)))];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Verdicts could not be read; {Metric} shows those known before, and the next try is in {Interval}")]
    private partial void LogNotRead(Exception exception, string metric, TimeSpan interval);
}
