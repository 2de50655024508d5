using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>What a capture needs of the other parts of the agent.</summary>
internal sealed record CaptureDeskSeams
{
    public required IControlOutput Output { get; init; }

    public required VitalsCollector Vitals { get; init; }

    /// <summary>Instance id to process; null when unknown or ended.</summary>
    public required Func<string, TargetProcess?> Find { get; init; }

    /// <summary>Why an instance cannot be captured.</summary>
    public required Func<string, InstanceProblem> ProblemOf { get; init; }

    /// <summary>The host owner's last word on an order for a service, its duration and size included; null allows.</summary>
    public required Func<StartCapture, string, string?> Refuse { get; init; }

    /// <summary>Why an order that waits for a pause has to come again later, by the owner's rest for its service; null where it need not.</summary>
    public required Func<StartCapture, string, string?> RestOf { get; init; }

    /// <summary>Why the host's owner allows no capture of such a kind of a service, as his policy is by now and whatever ran before; null may allow. Asked while a capture waits.</summary>
    public required Func<CaptureKind, string, string?> Forbid { get; init; }

    /// <summary>Why the host's owner allows no snapshot of a heap of so many bytes of a service, whatever the order says of its stop; null allows.</summary>
    public required Func<long, string, string?> RefuseStall { get; init; }

    /// <summary>Bytes that a process may still take before it, or its host, hits a limit; null when unknown.</summary>
    public Func<int, long?> Headroom { get; init; } = static pid => MemoryHeadroom.Of(pid);

    /// <summary>Why nothing of a service may start now, by what the silo said or has not said for too long; null when it may.</summary>
    public Func<string, string?> RefuseHeld { get; init; } = static _ => null;

    /// <summary>Whether the silo said that captures of a service are on hold: those that run end.</summary>
    public Func<string, bool> IsHeld { get; init; } = static _ => false;

    /// <summary>Counts against the owner's rates.</summary>
    public required Action<CaptureKind, string, string> Started { get; init; }

    /// <summary>The pause came that a capture waited for: its service now rests. Durable when it returns; throws <see cref="IOException"/>.</summary>
    public required Action<CaptureKind, string, string> Fired { get; init; }
}
