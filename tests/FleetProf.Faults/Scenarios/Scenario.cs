using FleetProf.Contracts.Captures;
using FleetProf.Faults.Fleet;

namespace FleetProf.Faults.Scenarios;

/// <summary>A fault, how it ends, and what it may cost.</summary>
/// <param name="Row">Of the fault matrix.</param>
/// <param name="Name">Unique, short.</param>
/// <param name="ActsOn">What it breaks, and what cannot be broken besides without undoing it or hiding it.</param>
/// <param name="Hold">How long it lasts.</param>
/// <param name="BeginAsync">The fault.</param>
/// <param name="EndAsync">Its end; everything is well afterwards, or becomes so by itself.</param>
internal sealed record Scenario(int Row, string Name, Subjects ActsOn, TimeSpan Hold, Func<FleetUnderFault, Task> BeginAsync, Func<FleetUnderFault, Task> EndAsync)
{
    /// <summary>Failures that the capture of the first service may end with; none: it must be ready.</summary>
    public IReadOnlyList<CaptureFailure> MayFailWith { get; init; } = [];

    /// <summary>Captures must flow again before the fault ends.</summary>
    public bool IsSurvived { get; init; }

    /// <summary>Within which captures flow again.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Done before anything is captured.</summary>
    public Func<FleetUnderFault, Task>? PrepareAsync { get; init; }

    /// <summary>Done after everything is over.</summary>
    public Func<FleetUnderFault, Task>? CleanUpAsync { get; init; }

    /// <summary>Notes at once what is to be seen soon after it has begun, where nothing else is broken.</summary>
    public Func<FleetUnderFault, Task>? WitnessAsync { get; init; }

    /// <summary>Of the campaign that it meets, and it lasts until that is over. Null: the campaign has time beyond the fault.</summary>
    public TimeSpan? OutlivedDeadline { get; init; }

    /// <summary>In which it can show anything.</summary>
    public IReadOnlyList<Phase> Phases { get; init; } = Enum.GetValues<Phase>();

    /// <summary>Shorter, it would be no such fault.</summary>
    public bool NeedsItsHold { get; init; }

    /// <summary>It is about something that was captured before.</summary>
    public bool NeedsACapture { get; init; }

    /// <summary>The silo that it is about may die of it.</summary>
    public bool MayEndItsSilo { get; init; }

    /// <summary>Of it, without being killed or told to.</summary>
    public OwnEnds OwnEnds { get; init; }

    /// <summary>Why it cannot be had on this machine; null: it can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>The silo whose memory is followed dies of it, or may.</summary>
    public bool EndsTheSecondSilo { get; init; }

    /// <summary>Why chaos is without it; null: it is not.</summary>
    public string? ChaosObstacle => EndsTheSecondSilo ? "the memory of the second silo is followed" : OutlivedDeadline is not null ? "it lasts for minutes" : null;

    /// <summary>Whether a process that ended by itself, without being killed or told to, may have ended of it.</summary>
    /// <param name="silo">Which one ended; null: an agent or the portal.</param>
    /// <param name="hitSilo">The one that it was about.</param>
    public bool MayEnd(int? silo, int hitSilo) => silo is not null && (OwnEnds == OwnEnds.AnySilo || (OwnEnds == OwnEnds.ItsSilo && silo == hitSilo));
}
