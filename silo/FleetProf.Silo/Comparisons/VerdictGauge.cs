using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>The latest verdict of every service as a metric, so that rollout tools can gate on it: 0 pass, 1 regressed, 2 inconclusive.</summary>
internal sealed partial class VerdictGauge : IHostedService, IDisposable
{
    public const string MeterName = "FleetProf.Comparisons";
    public const string Name = "fleetprof.comparison.verdict";

    internal Meter Meter { get; } = new(MeterName);

    private readonly ConcurrentDictionary<string, ComparisonVerdict> latest = new(StringComparer.Ordinal);
    private readonly ComparisonTable table;
    private readonly ILogger<VerdictGauge> logger;

    public VerdictGauge(ComparisonTable table, ILogger<VerdictGauge> logger)
    {
        this.table = table;
        this.logger = logger;
        Meter.CreateObservableGauge(Name, Measure, description: "Latest verdict of a service: 0 pass, 1 regressed, 2 inconclusive.");
    }

    public void Show(Comparison decided) => latest[decided.Service] = decided.Verdict;

    /// <summary>Takes up what was decided before this start.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (service, verdict) in await table.ListLatestVerdictsAsync(cancellationToken))
            {
                latest.TryAdd(service, verdict);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRead(exception, Name);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<int>> Measure() => latest
        .Where(entry => entry.Value != ComparisonVerdict.Pending)
        .Select(entry => new Measurement<int>((int)entry.Value - 1, new KeyValuePair<string, object?>("service", entry.Key)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Earlier verdicts could not be read; {Metric} shows only new ones")]
    private partial void LogNotRead(Exception exception, string metric);
}
