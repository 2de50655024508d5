using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Budgets;

/// <summary>
/// What the silo said may not be captured now. Who hears nothing from it for a minute may have missed that everything was stopped, and starts
/// nothing by itself until it is connected again. Thread-safe.
/// </summary>
public sealed class CaptureHolds(TimeProvider time)
{
    /// <summary>Silence that is borne: a silo that restarts is back sooner.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private Hold told = new();
    private long heardAt = time.GetTimestamp();
    private long? silentSince = time.GetTimestamp();

    /// <summary>A session stands.</summary>
    /// <param name="hold">What is on hold; null from a silo that knows of no holds.</param>
    public void Connected(Hold? hold)
    {
        lock (gate) (told, heardAt, silentSince) = (hold ?? new Hold(), time.GetTimestamp(), null);
    }

    /// <summary>The silo has said something in the session.</summary>
    public void Heard()
    {
        lock (gate) heardAt = time.GetTimestamp();
    }

    public void Told(Hold hold)
    {
        lock (gate) told = hold;
    }

    /// <summary>The session is over; what was told still counts. The silence began with the last that was heard, not when it was noticed.</summary>
    /// <param name="unnoticed">How long a loss stays unnoticed at most: in a session that has nothing to say, it cannot have begun earlier.</param>
    public void Disconnected(TimeSpan unnoticed)
    {
        lock (gate) silentSince ??= Math.Max(heardAt, time.GetTimestamp() - (long)(unnoticed.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>Whether the silo said so: what runs must end.</summary>
    public bool IsHeld(string service)
    {
        lock (gate) return told.All || told.Services.Contains(service);
    }

    /// <summary>Why nothing of a service may start now, in a sentence; null when it may.</summary>
    public string? Refuse(string service)
    {
        lock (gate)
        {
            if (told.All || told.Services.Contains(service)) return told.Message.Length > 0 ? told.Message : "Captures are on hold.";
            return silentSince is { } since && time.GetElapsedTime(since) > Patience
                ? $"The agent has heard nothing from its silo for more than {Patience.TotalSeconds:0} s: captures may be on hold, and nothing starts."
                : null;
        }
    }
}
