using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures.Rig;

/// <summary>Keeps what is sent to the silo, and waits for conditions on it.</summary>
internal sealed class SentFrames : IControlOutput
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly Lock gate = new();
    private readonly List<AgentFrame> frames = [];

    /// <summary>Whether there is a session.</summary>
    public bool IsConnected { get; set; } = true;

    /// <summary>Thrown where a result is sent.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Told of each result before it is kept, by the thread that sends it.</summary>
    public Action<CaptureResult> ResultComes { get; set; } = _ => { };

    public List<CaptureResult> Results => Copy().Select(frame => frame.Result).OfType<CaptureResult>().ToList();

    public List<CaptureProgress> Progress => Copy().Select(frame => frame.Progress).OfType<CaptureProgress>().ToList();

    public bool TrySend(AgentFrame frame)
    {
        if (Fault is not null && frame.Result is not null) throw Fault;
        if (!IsConnected) return false;
        if (frame.Result is { } result) ResultComes(result);
        lock (gate) frames.Add(frame.Clone());
        return true;
    }

    public async Task<CaptureResult> ResultAsync(string captureId, uint attempt = 1)
    {
        await UntilAsync(sent => sent.Results.Exists(result => result.CaptureId == captureId && result.Attempt == attempt), $"the result of {captureId}#{attempt}");
        return Results.First(result => result.CaptureId == captureId && result.Attempt == attempt);
    }

    public Task PhaseAsync(CapturePhase phase) => UntilAsync(sent => sent.Progress.Exists(progress => progress.Phase == phase), $"phase {phase}");

    public async Task UntilAsync(Func<SentFrames, bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition(this))
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {what}. Sent: {string.Join("; ", Copy())}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private List<AgentFrame> Copy()
    {
        lock (gate) return [.. frames];
    }
}
