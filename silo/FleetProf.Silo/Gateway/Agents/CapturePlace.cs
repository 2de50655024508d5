using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Gateway.Agents;

/// <summary>
/// The one place for captures on a host, or for captures that wait for a pause. An order that was handed out is not handed out again; a capture that is never
/// heard of again keeps the place only until it must be over.
/// </summary>
internal sealed class CapturePlace(TimeProvider clock)
{
    /// <summary>Rundown, upload over a slow line, a reconnect.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    private const int RememberedOrders = 256;

    private readonly Queue<string> order = [];
    private readonly HashSet<string> handedOut = new(StringComparer.Ordinal);

    /// <summary>A wall clock that is set back must not make a capture keep its place for longer.</summary>
    private readonly long startedAt = clock.GetTimestamp();

    /// <summary>Until when, from the start, each capture may keep the place. One, except when an agent comes back with a result that it could not hand in.</summary>
    private readonly Dictionary<string, TimeSpan> holders = new(StringComparer.Ordinal);

    private TimeSpan Now => clock.GetElapsedTime(startedAt);

    /// <summary>"captureId#attempt" of what has the place; empty when it is free.</summary>
    public IReadOnlyList<string> Holders => [.. holders.Where(holder => Now < holder.Value).Select(holder => holder.Key)];

    public static string Key(string captureId, int attempt) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{captureId}#{attempt}");

    public bool WasHandedOut(string key) => handedOut.Contains(key);

    public void Take(CaptureOrder capture)
    {
        var key = Key(capture.CaptureId, capture.Attempt);
        holders.Clear();
        holders[key] = Now + TimeSpan.FromSeconds((double)Math.Max(0, capture.DurationSeconds) + Math.Max(0, capture.ExpiresInSeconds) + Math.Max(0, capture.ArmedSeconds)) + Slack;
        Remember(key);
    }

    /// <summary>The capture is over; it stays known as handed out.</summary>
    public void Free(string key) => holders.Remove(key);

    /// <summary>The order did not reach the agent: it may be handed out once more.</summary>
    public void GiveBack(string key)
    {
        Free(key);
        handedOut.Remove(key);
    }

    /// <summary>The agent says what it runs, which decides: what was handed out and is not among it got lost or is over.</summary>
    public void Settle(IReadOnlyCollection<string> running)
    {
        foreach (var lost in holders.Keys.Except(running, StringComparer.Ordinal).ToList())
        {
            GiveBack(lost);
        }

        foreach (var key in running)
        {
            holders.TryAdd(key, Now + Slack);
            Remember(key);
        }
    }

    private void Remember(string key)
    {
        if (handedOut.Add(key))
        {
            order.Enqueue(key);
        }

        while (order.Count > RememberedOrders)
        {
            handedOut.Remove(order.Dequeue());
        }
    }
}
