using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

/// <summary>Keeps all that a collector hands out, and waits for conditions on it.</summary>
internal sealed class CollectedVitals : IVitalsOutput
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly Lock gate = new();
    private readonly List<VitalsWindow> windows = [];
    private readonly List<VitalsWindow> previews = [];
    private readonly List<(string Instance, InstanceProblem Problem, string Detail)> problems = [];

    /// <summary>Thrown once instead of taking windows or previews: a GC that ends just before its window closes is in no preview.</summary>
    public Exception? Fault { get; set; }

    public List<VitalsWindow> Windows => Copy(windows);

    public List<VitalsWindow> Previews => Copy(previews);

    public List<(string Instance, InstanceProblem Problem, string Detail)> Problems => Copy(problems);

    /// <summary>Collections counted in finished windows, our own snapshots' included.</summary>
    public long GcCount => Windows.Sum(window => window.GcCounts.Sum(count => (long)count) + window.OwnGcCount);

    /// <summary>Whether a GC was handed out. One that ends just before a window closes is in that window and in no preview.</summary>
    public bool HasGc(uint number) => Previews.Concat(Windows).Any(window => window.LastGcNumber >= number);

    public void OnWindows(IReadOnlyList<VitalsWindow> more)
    {
        ThrowFault();
        lock (gate) windows.AddRange(more);
    }

    public void OnPreviews(IReadOnlyList<VitalsWindow> more)
    {
        ThrowFault();
        lock (gate) previews.AddRange(more);
    }

    public void OnProblem(string instanceId, InstanceProblem problem, string detail)
    {
        lock (gate) problems.Add((instanceId, problem, detail));
    }

    public async Task UntilAsync(Func<CollectedVitals, bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition(this))
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {what}. Windows: {Windows.Count}, previews: {Previews.Count}, problems: {string.Join("; ", Problems)}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private void ThrowFault()
    {
        if (Fault is not { } fault) return;
        Fault = null;
        throw fault;
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (gate) return [.. list];
    }
}
