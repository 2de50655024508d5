using System.Net;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>
/// Asks a Go program's own pprof port for its MemStats, as seldom as its ring of 256 pauses allows. Goes to 127.0.0.1 only, follows no
/// redirect and no proxy, and stops after a time and a number of bytes.
/// </summary>
internal sealed class PprofPoll : IGoSource
{
    public const long MostBytes = 16 << 20;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly Uri address;
    private readonly Func<string?> refuse;
    private readonly TimeProvider time;
    private readonly GoPauseRing ring = new();
    private readonly HttpClient client;
    private long? askedAt;
    private TimeSpan interval = Shortest;
    private string? problem;

    /// <param name="port">On 127.0.0.1.</param>
    /// <param name="refuse">Why the port must not be asked; null when it may.</param>
    /// <param name="time">The clock.</param>
    public PprofPoll(int port, Func<string?> refuse, TimeProvider time)
    {
        (this.refuse, this.time) = (refuse, time);
        address = PprofAddress.Of(port, "heap?debug=1");
        client = PprofAddress.NewClient();
    }

    public async Task<string?> ReadAsync(GoRecorder recorder, bool isLast, CancellationToken cancellationToken)
    {
        if (!isLast && askedAt is { } asked && time.GetElapsedTime(asked) < interval) return problem;
        askedAt = time.GetTimestamp();
        try
        {
            problem = refuse() ?? await AskAsync(recorder, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException || error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            problem = $"{address} does not answer: {error.Message}";
        }
        if (problem is not null) interval = Longest;
        return problem;
    }

    public void Dispose() => client.Dispose();

    private async Task<string?> AskAsync(GoRecorder recorder, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (answer.StatusCode != HttpStatusCode.OK) return $"{address} answers {(int)answer.StatusCode}.";
        var reader = new GoMemStatsReader();
        await using var body = await answer.Content.ReadAsStreamAsync(limit.Token);
        var buffer = new byte[32 * 1024];
        for (var total = 0L; await body.ReadAsync(buffer, limit.Token) is > 0 and var count;)
        {
            if ((total += count) > MostBytes) return $"{address} sends more than {MostBytes >> 20} MB.";
            reader.Append(buffer.AsSpan(0, count));
        }
        if (reader.Finish() is not { } stats) return $"{address} is no heap profile of a Go program.";
        var delta = ring.Advance(stats);
        // Behind a look that failed the time between was not observed: its pauses and bytes, over the time observed, would be rates that never were.
        recorder.Add(problem is null ? delta : delta.ToUnwatched(), stats, time.GetUtcNow());
        SetPace(delta);
        return null;
    }

    // Half the ring between two looks: a burst of twice the rate is still seen whole.
    private void SetPace(GoPauseDelta delta)
    {
        var fresh = delta.Pauses.Count + delta.MissedGcs;
        var wanted = interval * (GoMemStats.RingLength / 2.0 / Math.Max(1, fresh));
        interval = wanted < Shortest ? Shortest : wanted > Longest ? Longest : wanted;
        if (ReferenceEquals(delta, GoPauseDelta.None)) interval = Shortest;
    }
}
