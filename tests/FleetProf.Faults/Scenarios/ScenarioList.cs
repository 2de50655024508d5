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
        new(1, "silo killed", TimeSpan.Zero, fleet => fleet.SiloParts[fleet.HitSilo].KillAsync(), fleet => fleet.StartSiloAsync(fleet.HitSilo)) { IsSurvived = true, MayEndItsSilo = true, Recovery = Takeover },
        new(1, "all silos killed", Seconds(2), fleet => Task.WhenAll(fleet.SiloParts.Select(silo => silo.KillAsync())), StartSilosAsync) { EndsTheSecondSilo = true },
        KilledAgent("agent killed", Seconds(1)) with { MayFailWith = AgentAway },
        // Nothing but the deadline ends it: its agent is waited for longer than that.
        KilledAgent("agent away past the deadline", TimeSpan.Zero) with { MayFailWith = [CaptureFailure.Expired], OutlivedDeadline = ShortestDeadline, Phases = [Phase.Dispatch, Phase.MidCapture, Phase.MidUpload] },
        new(3, "target killed for its memory", Seconds(1), fleet => fleet.Targets[0].RunOutOfMemoryAsync(), fleet => fleet.Targets[0].StartAgainAsync()) { MayFailWith = TargetAway, Obstacle = MemoryGroup.IsPossible ? null : "control groups of memory may not be made" },
        new(3, "target killed", Seconds(1), fleet => fleet.Targets[0].KillAsync(), fleet => fleet.Targets[0].StartAgainAsync()) { MayFailWith = TargetAway },
    ];

    private static IEnumerable<Scenario> Stops(TimeSpan stop) =>
    [
        new(4, "agent stopped", stop, fleet => fleet.AgentParts[0].SuspendAsync(), fleet => fleet.AgentParts[0].ResumeAsync()) { MayFailWith = AgentAway },
        new(4, "target stopped", stop, fleet => fleet.Targets[0].SuspendAsync(), fleet => fleet.Targets[0].ResumeAsync()) { MayFailWith = [.. TargetAway, CaptureFailure.TimedOut, CaptureFailure.AttachDenied, CaptureFailure.ArtifactTruncated] },
        new(4, "silo stopped", stop, fleet => fleet.SiloParts[fleet.HitSilo].SuspendAsync(), fleet => fleet.SiloParts[fleet.HitSilo].ResumeAsync()) { MayEndItsSilo = true },
    ];

    private static IEnumerable<Scenario> Disks(TimeSpan? away) =>
    [
        new(5, "spool full", Seconds(5), fleet => Do(fleet.SpoolDisk.Fill), fleet => Do(fleet.SpoolDisk.Empty)) { MayFailWith = [CaptureFailure.SpoolFull, CaptureFailure.ArtifactTruncated], Obstacle = NoMount },
        // After long, its agents ask once a minute.
        new(5, "artifact store full", away ?? Seconds(5), fleet => Do(fleet.ArtifactDisk.Fill), fleet => Do(fleet.ArtifactDisk.Empty)) { MayFailWith = away is null ? [CaptureFailure.StoreFull] : [], Recovery = Seconds(away is null ? 60 : 90), Obstacle = NoMount },
    ];

    private static IEnumerable<Scenario> Databases(TimeSpan away) =>
    [
        new(6, "database away", away, fleet => fleet.Database.SuspendAsync(), fleet => fleet.Database.ResumeAsync()) { Recovery = Takeover },
        new(6, "database killed", Seconds(5), fleet => fleet.Database.KillAsync(), fleet => fleet.Database.StartAsync()) { Recovery = Takeover },
        new(6, "database's connections all taken", Seconds(10), fleet => fleet.LimitConnectionsAsync(0), fleet => fleet.LimitConnectionsAsync(-1)) { Recovery = Takeover },
        new(6, "database slow", Seconds(10), fleet => Do(() => SetDatabase(fleet, new(TimeSpan.FromSeconds(1)))), fleet => Do(() => SetDatabase(fleet, LinkState.Well))),
    ];

    private static IEnumerable<Scenario> ClocksAndCopies()
    {
        var clock = new SetClock();
        Part? copy = null;
        return
        [
            Jump("agent's clock jumps an hour", clock, StartAgentAgainAsync),
            Jump("silo's clock jumps an hour", clock, StartSiloAgainAsync) with { MayEndItsSilo = true },
            new(CopyRow, "agent copied", Seconds(8), fleet => Do(() => copy = StartCopy(fleet)), async fleet =>
            {
                await copy!.DisposeAsync();
                fleet.History.Add(new() { Kind = History.HistoryKind.AgentGone, Agent = copy.Name });
                await fleet.JoinAgainAsync(0);
            }) { MayFailWith = [.. AgentAway, CaptureFailure.UploadMismatch] },
        ];
    }

    private static IEnumerable<Scenario> Links() =>
    [
        new(9, "slow link", Seconds(15), fleet => Do(() => SetAgent(fleet, new(BytesPerSecond: 8_000))), Mend),
        Lossy(),
        new(10, "late and jittery link", Seconds(10), fleet => Do(() => SetAgent(fleet, new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(300)))), Mend),
        new(11, "half-open link", Seconds(45), fleet => Do(() => SetAgent(fleet, new(IsDead: true))), Mend) { MayFailWith = AgentAway, NeedsItsHold = true },
        new(12, "storm of resets", Seconds(1), ResetAsync, Mend) { MayFailWith = AgentAway },
    ];

    private static IEnumerable<Scenario> Partitions() =>
    [
        new(13, "silo without database", Seconds(15), fleet => Do(() => fleet.DatabaseLinks[fleet.HitSilo].State = new(IsDead: true)), fleet => Do(() => fleet.DatabaseLinks[fleet.HitSilo].State = LinkState.Well)),
        Partition("silos hear each other one way", fleet => [fleet.HitSilo]) with { MayEndItsSilo = true },
        Partition("silos do not hear each other", _ => [.. Enumerable.Range(0, FleetUnderFault.Silos)]) with { EndsTheSecondSilo = true },
    ];

    private static IEnumerable<Scenario> States()
    {
        var row = new PoisonedRow();
        return
        [
            new(14, "poisoned state row", Seconds(1), row.PoisonAsync, row.RepairAsync) { NeedsACapture = true, EndsTheSecondSilo = true },
            new(15, "silos restarted in turns", TimeSpan.Zero, async fleet =>
            {
                for (var silo = 0; silo < FleetUnderFault.Silos; silo++)
                {
                    await fleet.SiloParts[silo].StopAsync();
                    await fleet.StartSiloAsync(silo);
                }
            }, _ => Task.CompletedTask) { EndsTheSecondSilo = true },
        ];
    }

    private static string? NoMount { get; } = SmallDisk.IsPossible ? null : "small disks may not be mounted";

    private static Scenario KilledAgent(string name, TimeSpan hold) => new(2, name, hold, fleet => fleet.KillAgentAsync(0), fleet => Do(fleet.AgentParts[0].Start)) { WitnessAsync = fleet => fleet.NoteReleaseAsync(0) };

    private static Scenario Partition(string name, Func<FleetUnderFault, int[]> deaf) => Lose(13, name, Seconds(25), fleet => deaf(fleet).Select(silo => new PacketLoss(fleet.SiloPort(silo))));

    /// <summary>Three of ten packets between the first agent and its silos, in each direction.</summary>
    private static Scenario Lossy() => Lose(9, "lossy link", Seconds(15), fleet => fleet.AgentLinks[0].SelectMany(link => new[] { true, false }, (link, isFrom) => new PacketLoss(link.Port, isFrom, share: 0.3)));

    private static Scenario Lose(int row, string name, TimeSpan hold, Func<FleetUnderFault, IEnumerable<PacketLoss>> choose)
    {
        List<PacketLoss> losses = [];
        return new(row, name, hold, fleet => Do(() =>
        {
            losses.AddRange(choose(fleet));
            losses.ForEach(loss => loss.Begin());
        }), _ => Do(() =>
        {
            losses.ForEach(loss => loss.End());
            losses.Clear();
        })) { Obstacle = PacketLoss.IsPossible ? null : "iptables may not be used" };
    }

    private static async Task StartSilosAsync(FleetUnderFault fleet)
    {
        for (var silo = 0; silo < FleetUnderFault.Silos; silo++)
        {
            await fleet.StartSiloAsync(silo);
        }
    }

    private static Scenario Jump(string name, SetClock clock, Func<FleetUnderFault, Action<Dictionary<string, string>>, Task> startAgainAsync) =>
        new(7, name, Seconds(10), _ => Do(() => clock.Set(TimeSpan.FromHours(1))), _ => Do(() => clock.Set(TimeSpan.Zero)))
        {
            PrepareAsync = fleet => startAgainAsync(fleet, clock.GiveTo), CleanUpAsync = fleet => startAgainAsync(fleet, SetClock.TakeFrom),
            Obstacle = SetClock.IsPossible ? null : "there is no C compiler",
        };

    private static async Task StartSiloAgainAsync(FleetUnderFault fleet, Action<Dictionary<string, string>> change)
    {
        change(fleet.SiloParts[fleet.HitSilo].Environment);
        await fleet.SiloParts[fleet.HitSilo].StopAsync();
        await fleet.StartSiloAsync(fleet.HitSilo);
    }

    private static async Task StartAgentAgainAsync(FleetUnderFault fleet, Action<Dictionary<string, string>> change)
    {
        var agent = fleet.AgentParts[0];
        change(agent.Environment);
        await agent.StopAsync();
        fleet.History.Add(new() { Kind = History.HistoryKind.AgentGone, Agent = agent.Name });
        agent.Start();
    }

    /// <summary>As a cloned virtual machine would: the same id, secret and memory.</summary>
    private static Part StartCopy(FleetUnderFault fleet)
    {
        var folder = fleet.AgentFolder(0) + "-copy";
        SystemCommand.TryRun("rm", "-rf", folder);
        SystemCommand.TryRun("cp", "-r", fleet.AgentFolder(0), folder);
        var copy = fleet.NewAgent(0, "agent0-copy", folder);
        copy.Start();
        return copy;
    }

    private static async Task ResetAsync(FleetUnderFault fleet)
    {
        for (var storm = 0; storm < ResetStorms; storm++)
        {
            fleet.AgentLinks.SelectMany(links => links).ToList().ForEach(link => link.Cut());
            await Task.Delay(200);
        }
    }

    private static void SetAgent(FleetUnderFault fleet, LinkState state) => fleet.AgentLinks[0].ToList().ForEach(link => link.State = state);

    private static void SetDatabase(FleetUnderFault fleet, LinkState state) => fleet.DatabaseLinks.ToList().ForEach(link => link.State = state);

    private static Task Mend(FleetUnderFault fleet) => Do(() => SetAgent(fleet, LinkState.Well));

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
