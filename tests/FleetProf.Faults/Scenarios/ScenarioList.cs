using FleetProf.Contracts.Captures;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Scenarios;

/// <summary>The rows of the fault matrix that are made with processes, links, disks and clocks. Rows 16 and 17, and parts of others, are tests that docs/security/faults.md names.</summary>
internal static class ScenarioList
{
    public const int CopyRow = 8;
    private const int ResetStorms = 15;
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(30);

    /// <summary>That a campaign may have.</summary>
    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromMinutes(1);
    private static readonly CaptureFailure[] AgentAway = [CaptureFailure.AgentLost, CaptureFailure.TimedOut, CaptureFailure.AgentUnreachable, CaptureFailure.Expired];
    private static readonly CaptureFailure[] TargetAway = [CaptureFailure.ProcessExited, CaptureFailure.InstanceGone, CaptureFailure.ProcessReplaced, CaptureFailure.SocketGone, CaptureFailure.UnknownInstance, CaptureFailure.AnalysisFailed];

    /// <param name="stop">How long a suspended process and an unreachable database last.</param>
    /// <param name="away">How long a database that is away and a store that is full last, if that is to be another time than usual.</param>
    public static IReadOnlyList<Scenario> All(TimeSpan stop, TimeSpan? away = null) =>
    [
        .. Deaths(), .. Stops(stop), .. Disks(away), .. Databases(away ?? stop), .. ClocksAndCopies(), .. Links(), .. Partitions(), .. States(),
    ];

    private static IEnumerable<Scenario> Deaths() =>
    [
        new(1, "silo killed", Subjects.Silo, TimeSpan.Zero, fleet => fleet.SiloParts[fleet.HitSilo].KillAsync(), fleet => fleet.StartSiloAsync(fleet.HitSilo)) { IsSurvived = true, MayEndItsSilo = true, Recovery = Takeover },
        new(1, "all silos killed", Subjects.Silo, Seconds(2), fleet => Task.WhenAll(fleet.SiloParts.Select(silo => silo.KillAsync())), StartSilosAsync) { EndsTheSecondSilo = true },
        KilledAgent("agent killed", Seconds(1)) with { MayFailWith = AgentAway },
        // Nothing but the deadline ends it: its agent is waited for longer than that.
        KilledAgent("agent away past the deadline", TimeSpan.Zero) with { MayFailWith = [CaptureFailure.Expired], OutlivedDeadline = ShortestDeadline, Phases = [Phase.Dispatch, Phase.MidCapture, Phase.MidUpload] },
        new(3, "target killed for its memory", Subjects.Target, Seconds(1), fleet => fleet.Targets[0].RunOutOfMemoryAsync(), fleet => fleet.Targets[0].StartAgainAsync()) { MayFailWith = TargetAway, Obstacle = MemoryGroup.IsPossible ? null : "control groups of memory may not be made" },
        new(3, "target killed", Subjects.Target, Seconds(1), fleet => fleet.Targets[0].KillAsync(), fleet => fleet.Targets[0].StartAgainAsync()) { MayFailWith = TargetAway },
    ];

    private static IEnumerable<Scenario> Stops(TimeSpan stop) =>
    [
        new(4, "agent stopped", Subjects.Agent | Subjects.Spool, stop, fleet => fleet.AgentParts[0].SuspendAsync(), fleet => fleet.AgentParts[0].ResumeAsync()) { MayFailWith = AgentAway },
        new(4, "target stopped", Subjects.Target, stop, fleet => fleet.Targets[0].SuspendAsync(), fleet => fleet.Targets[0].ResumeAsync()) { MayFailWith = [.. TargetAway, CaptureFailure.TimedOut, CaptureFailure.AttachDenied, CaptureFailure.ArtifactTruncated] },
        new(4, "silo stopped", Subjects.Silo, stop, fleet => fleet.SiloParts[fleet.HitSilo].SuspendAsync(), fleet => fleet.SiloParts[fleet.HitSilo].ResumeAsync()) { MayEndItsSilo = true, OwnEnds = OwnEnds.ItsSilo },
    ];

    private static IEnumerable<Scenario> Disks(TimeSpan? away) =>
    [
        new(5, "spool full", Subjects.Spool, Seconds(5), fleet => Do(fleet.SpoolDisk.Fill), fleet => Do(fleet.SpoolDisk.Empty)) { MayFailWith = [CaptureFailure.SpoolFull, CaptureFailure.ArtifactTruncated], Obstacle = NoMount },
        // After long, its agents ask once a minute.
        new(5, "artifact store full", Subjects.Store, away ?? Seconds(5), fleet => Do(fleet.ArtifactDisk.Fill), fleet => Do(fleet.ArtifactDisk.Empty)) { MayFailWith = away is null ? [CaptureFailure.StoreFull] : [], Recovery = Seconds(away is null ? 60 : 90), Obstacle = NoMount },
    ];

    private static IEnumerable<Scenario> Databases(TimeSpan away) =>
    [
        new(6, "database away", Subjects.Database, away, fleet => fleet.Database.SuspendAsync(), fleet => fleet.Database.ResumeAsync()) { Recovery = Takeover },
        new(6, "database killed", Subjects.Database, Seconds(5), fleet => fleet.Database.KillAsync(), fleet => fleet.Database.StartAsync()) { Recovery = Takeover },
        new(6, "database's connections all taken", Subjects.Database, Seconds(10), fleet => fleet.LimitConnectionsAsync(0), fleet => fleet.LimitConnectionsAsync(-1)) { Recovery = Takeover },
        new(6, "database slow", Subjects.Database, Seconds(10), fleet => Do(() => SetDatabase(fleet, new(TimeSpan.FromSeconds(1)))), fleet => Do(() => SetDatabase(fleet, LinkState.Well))),
    ];

    private static IEnumerable<Scenario> ClocksAndCopies()
    {
        var clock = new SetClock();
        var copy = new AgentCopy();
        return
        [
            Jump("agent's clock jumps an hour", Subjects.Agent, clock, StartAgentAgainAsync),
            // It ends by itself within seconds after its clock was set back, perhaps just when it is to be started with the right one.
            Jump("silo's clock jumps an hour", Subjects.Silo, clock, (fleet, change) => StartSiloAgainAsync(fleet, change)) with { MayEndItsSilo = true, OwnEnds = OwnEnds.ItsSilo, CleanUpAsync = fleet => StartSiloAgainAsync(fleet, SetClock.TakeFrom, mayBeEnding: true) },
            // Over a link that is broken no silo would hear that there are two.
            new(CopyRow, "agent copied", Subjects.Agent | Subjects.Links, Seconds(8), copy.StartAsync, copy.EndAsync) { MayFailWith = [.. AgentAway, CaptureFailure.UploadMismatch], NeedsItsHold = true },
        ];
    }

    private static IEnumerable<Scenario> Links()
    {
        var dead = new DeadLink();
        return
        [
            new(9, "slow link", Subjects.Links, Seconds(15), fleet => Do(() => SetAgent(fleet, new(BytesPerSecond: 8_000))), Mend),
            Lossy(),
            new(10, "late and jittery link", Subjects.Links, Seconds(10), fleet => Do(() => SetAgent(fleet, new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(300)))), Mend),
            // An agent that does not run, or stands still, notices nothing.
            new(11, "half-open link", Subjects.Agent | Subjects.Links, Seconds(45), dead.BeginAsync, dead.EndAsync) { MayFailWith = AgentAway, NeedsItsHold = true },
            new(12, "storm of resets", Subjects.Links, Seconds(1), ResetAsync, Mend) { MayFailWith = AgentAway },
        ];
    }

    private static IEnumerable<Scenario> Partitions() =>
    [
        new(13, "silo without database", Subjects.Silo | Subjects.Database, Seconds(15), fleet => Do(() => fleet.DatabaseLinks[fleet.HitSilo].State = new(IsDead: true)), fleet => Do(() => fleet.DatabaseLinks[fleet.HitSilo].State = LinkState.Well)),
        Partition("silos hear each other one way", fleet => [fleet.HitSilo]),
        Partition("silos do not hear each other", _ => [.. Enumerable.Range(0, FleetUnderFault.Silos)]),
    ];

    private static IEnumerable<Scenario> States()
    {
        var row = new PoisonedRow();
        return
        [
            new(14, "poisoned state row", Subjects.Everything, Seconds(1), row.PoisonAsync, row.RepairAsync) { NeedsACapture = true, EndsTheSecondSilo = true },
            new(15, "silos restarted in turns", Subjects.Everything, TimeSpan.Zero, async fleet =>
            {
                for (var silo = 0; silo < FleetUnderFault.Silos; silo++)
                {
                    var number = silo;
                    await fleet.SiloParts[silo].RestartAsync(() => fleet.StartSiloAsync(number));
                }
            }, _ => Task.CompletedTask) { EndsTheSecondSilo = true },
        ];
    }

    private static string? NoMount { get; } = SmallDisk.IsPossible ? null : "small disks may not be mounted";

    private static Scenario KilledAgent(string name, TimeSpan hold) => new(2, name, Subjects.Agent | Subjects.Spool, hold, fleet => fleet.KillAgentAsync(0), fleet => Do(fleet.AgentParts[0].Start)) { WitnessAsync = fleet => fleet.NoteReleaseAsync(0) };

    /// <summary>
    /// A silo is declared dead after nine to some twelve seconds in which nothing came from it, three times the longest that one probe may take: before that nothing has
    /// happened. Of two silos one vote is enough, and neither is answered: also the one that still hears may be the one that dies.
    /// </summary>
    private static Scenario Partition(string name, Func<FleetUnderFault, int[]> deaf) => Lose(13, name, Subjects.Silo, Seconds(25), fleet =>
        PacketLoss.Towards([.. deaf(fleet).Select(fleet.SiloPort)], [.. Enumerable.Range(0, FleetUnderFault.Silos).Select(fleet.SiloPort)])) with { NeedsItsHold = true, EndsTheSecondSilo = true, OwnEnds = OwnEnds.AnySilo };

    /// <summary>Three of ten packets between the first agent and its silos, in each direction.</summary>
    private static Scenario Lossy() => Lose(9, "lossy link", Subjects.Links, Seconds(15), fleet => new([.. fleet.AgentLinks[0].SelectMany(link => new[] { true, false }, (link, isFrom) => (link.Port, isFrom))], share: 0.3));

    private static Scenario Lose(int row, string name, Subjects actsOn, TimeSpan hold, Func<FleetUnderFault, PacketLoss> choose)
    {
        PacketLoss? loss = null;
        return new(row, name, actsOn, hold, fleet => Do(() =>
        {
            loss = choose(fleet);
            loss.Begin();
        }), _ => Do(() => loss?.End())) { Obstacle = PacketLoss.IsPossible ? null : "iptables may not be used" };
    }

    private static async Task StartSilosAsync(FleetUnderFault fleet)
    {
        for (var silo = 0; silo < FleetUnderFault.Silos; silo++)
        {
            await fleet.StartSiloAsync(silo);
        }
    }

    private static Scenario Jump(string name, Subjects actsOn, SetClock clock, Func<FleetUnderFault, Action<Dictionary<string, string>>, Task> startAgainAsync) =>
        new(7, name, actsOn, Seconds(10), _ => Do(() => clock.Set(TimeSpan.FromHours(1))), _ => Do(() => clock.Set(TimeSpan.Zero)))
        {
            PrepareAsync = fleet => startAgainAsync(fleet, clock.GiveTo), CleanUpAsync = fleet => startAgainAsync(fleet, SetClock.TakeFrom),
            Obstacle = SetClock.IsPossible ? null : "there is no C compiler",
        };

    private static Task StartSiloAgainAsync(FleetUnderFault fleet, Action<Dictionary<string, string>> change, bool mayBeEnding = false)
    {
        change(fleet.SiloParts[fleet.HitSilo].Environment);
        return fleet.SiloParts[fleet.HitSilo].RestartAsync(() => fleet.StartSiloAsync(fleet.HitSilo), mayBeEnding);
    }

    private static Task StartAgentAgainAsync(FleetUnderFault fleet, Action<Dictionary<string, string>> change)
    {
        var agent = fleet.AgentParts[0];
        change(agent.Environment);
        return agent.RestartAsync(() => Do(() =>
        {
            fleet.History.Add(new() { Kind = History.HistoryKind.AgentGone, Agent = agent.Name });
            agent.Start();
        }));
    }

    private static async Task ResetAsync(FleetUnderFault fleet)
    {
        for (var storm = 0; storm < ResetStorms; storm++)
        {
            fleet.AgentLinks.SelectMany(links => links).ToList().ForEach(link => link.Cut());
            await Task.Delay(200);
        }
    }

    internal static void SetAgent(FleetUnderFault fleet, LinkState state) => fleet.AgentLinks[0].ToList().ForEach(link => link.State = state);

    private static void SetDatabase(FleetUnderFault fleet, LinkState state) => fleet.DatabaseLinks.ToList().ForEach(link => link.State = state);

    private static Task Mend(FleetUnderFault fleet) => Do(() => SetAgent(fleet, LinkState.Well));

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
