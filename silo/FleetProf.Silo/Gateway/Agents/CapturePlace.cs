using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Gateway.Agents;

/// <summary>
/// The one place for captures on a host. An order that was handed out is not handed out again; a capture that is never
/// heard of again keeps the place only until it must be over.
/// </summary>
internal sealed class CapturePlace(TimeProvider clock)
{
    /// <summary>Rundown, upload over a slow line, a reconnect.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    private const int RememberedOrders = 256;

    private readonly Queue<string> order = [];
    private readonly HashSet<string> handedOut = new(StringComparer.Ordinal);
    private string? holder;
    private DateTimeOffset until;

    /// <summary>"captureId#attempt" of the capture that has the place. Null when it is free.</summary>
    public string? Holder => holder is not null && clock.GetUtcNow() < until ? holder : null;

    public static string Key(string captureId, int attempt) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{captureId}#{attempt}");

    public bool WasHandedOut(string key) => handedOut.Contains(key);

    public void Take(CaptureOrder capture)
    {
        var key = Key(capture.CaptureId, capture.Attempt);
        holder = key;
        until = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(0, capture.DurationSeconds) + Math.Max(0, capture.ExpiresInSeconds)) + Slack;
        if (handedOut.Add(key))
        {
            order.Enqueue(key);
        }

        while (order.Count > RememberedOrders)
        {
            handedOut.Remove(order.Dequeue());
        }
    }

    /// <summary>The capture is over; it stays known as handed out.</summary>
    public void Free(string key)
    {
        if (holder == key)
        {
            holder = null;
        }
    }

    /// <summary>The order did not reach the agent: it may be handed out once more.</summary>
    public void GiveBack(string key)
    {
        Free(key);
        handedOut.Remove(key);
    }

    /// <summary>The agent says what it runs, which decides: what was handed out and is not among it got lost or is over.</summary>
    public void Settle(IReadOnlyCollection<string> running)
    {
        if (holder is not null && !running.Contains(holder))
        {
            GiveBack(holder);
        }

        if (holder is null && running.Count > 0)
        {
            holder = running.First();
            until = clock.GetUtcNow() + Slack;
        }
    }
}
