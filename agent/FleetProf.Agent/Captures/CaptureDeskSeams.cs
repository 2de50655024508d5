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

    /// <summary>Counts against the owner's rates.</summary>
    public required Action<CaptureKind, string, string> Started { get; init; }

    /// <summary>The pause came that a capture waited for: its service now rests. Durable when it returns; throws <see cref="IOException"/>.</summary>
    public required Action<CaptureKind, string, string> Fired { get; init; }
}
