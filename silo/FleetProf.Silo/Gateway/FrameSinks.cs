using FleetProf.AgentProtocol;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Gateway;

/// <summary>Where the gateway brings what is not a grain's: durable when the task completes, repeatable when it fails.</summary>
internal sealed record FrameSinks
{
    /// <summary>Who tells, session id, list.</summary>
    public required Func<AgentHello, string, Inventory, CancellationToken, Task> Inventory { get; init; }

    /// <summary>Agent id, windows.</summary>
    public required Func<string, VitalsBatch, CancellationToken, Task> Vitals { get; init; }

    /// <summary>Agent id, session id: it speaks for the agent from now on.</summary>
    public required Func<string, string, CancellationToken, Task> Attached { get; init; }

    /// <summary>Agent id, session id: its stream has ended.</summary>
    public required Func<string, string, CancellationToken, Task> Lost { get; init; }

    /// <summary>Agent id, session id: another session, perhaps at another silo, speaks for the agent now.</summary>
    public Func<string, string, CancellationToken, Task> Moved { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Agent id, its time in Unix milliseconds, ours when it came.</summary>
    public Action<string, long, DateTimeOffset> Clock { get; init; } = (_, _, _) => { };

    /// <summary>Somebody looks at what previews show.</summary>
    public Func<bool> IsLookedAt { get; init; } = () => true;
}
