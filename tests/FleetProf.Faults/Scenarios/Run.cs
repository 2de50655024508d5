using System.Diagnostics;
using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Memory;

namespace FleetProf.Faults.Scenarios;

/// <summary>Runs rounds on one fleet, checks the history after each and at the end, and prints what came of it.</summary>
internal sealed class Run(FleetUnderFault fleet, CampaignWatch watch, TextWriter output)
{
    private const string Both = " + ";
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(4);

    private readonly Round round = new(fleet, watch);
    private readonly MemoryWatch memory = new(fleet);
    private readonly HashSet<Violation> told = [];
    private readonly SortedDictionary<string, int> ran = new(StringComparer.Ordinal);

    /// <summary>Every scenario in every phase, in an order that the seed gives. The number of rounds that were not good.</summary>
    public async Task<int> MatrixAsync(IReadOnlyList<(Scenario Scenario, Phase Phase, CaptureKind Kind)> rounds)
    {
        var bad = 0;
        foreach (var (scenario, phase, kind) in rounds)
        {
            var began = Stopwatch.GetTimestamp();
            fleet.ChooseSilo(mayBeSecond: true);
            var result = await RoundAsync(scenario, phase, kind);
            bad += result.IsGood ? 0 : 1;
            Print(string.Create(CultureInfo.InvariantCulture, $"row {scenario.Row,2}  {scenario.Name,-32} {phase,-10} {result.Kind,-6} {(result.IsGood ? "pass" : "FAIL")}  hit {result.Hit,-22} {result.Outcome,-24} flows again after {result.RecoverySeconds:0.0} s  ({Stopwatch.GetElapsedTime(began).TotalSeconds:0} s)"));
            TellProblems(result);
        }

        return bad;
    }

    /// <summary>Faults as the seed wishes, one or two at a time, over campaigns that never stop. The number of violations, problems and processes that leak.</summary>
    /// <param name="time">After which no other round begins.</param>
    /// <param name="seed">Chooses faults and phases.</param>
    /// <param name="scenarios">To choose of.</param>
    /// <param name="kinds">Chooses what is captured.</param>
    public async Task<int> ChaosAsync(TimeSpan time, int seed, IReadOnlyList<Scenario> scenarios, KindDraw kinds)
    {
        var random = new Random(seed);
        var began = Stopwatch.GetTimestamp();
        var (rounds, problems) = (0, 0);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            var scenario = Draw(scenarios, random);
            fleet.ChooseSilo(mayBeSecond: !scenario.MayEndItsSilo);
            rounds++;
            var result = await RoundAsync(scenario, (Phase)random.Next(5), kinds.Of($"round {rounds}"));
            problems += result.Problems.Count;
            await memory.ReadAsync();
            Print(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalSeconds,5:0} s  {scenario.Name} {scenario.Hold.TotalSeconds:0} s in {result.Phase}{(result.Kind is null ? "" : $" of {result.Kind}")}: {result.Outcome}, flows again after {result.RecoverySeconds:0.0} s"));
            TellProblems(result);
        }

        var violations = await FinishAsync();
        Print($"seed {seed}: {rounds} rounds, {violations} violations of I1 to I7 and problems at the end, {problems} problems of rounds");
        var memories = MemoryJudge.Judge(fleet.History.Events);
        MemoryJudge.Lines(memories).ToList().ForEach(Print);
        return violations + problems + MemoryJudge.Count(memories, MemoryVerdict.Leak);
    }

    /// <summary>Everything has its time to end and is looked at once more; the audit log is read; the whole history is checked once more. The number of violations and problems.</summary>
    public async Task<int> FinishAsync()
    {
        var campaigns = fleet.History.Events.Where(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null }).Select(line => line.Campaign!).Distinct().ToList();
        foreach (var campaign in campaigns)
        {
            await watch.UntilOverAsync(campaign, EndLimit);
        }

        await watch.LookAgainAsync(campaigns);
        var problems = await NoteAuditAsync();
        fleet.History.Add(new() { Kind = HistoryKind.Final });
        Tell(HistoryChecker.Check(fleet.History.Events));
        problems.ForEach(problem => Print($"        {problem}"));
        ran.ToList().ForEach(entry => Print($"ran {entry.Value,3} times: {entry.Key}"));
        if (SessionReleases.Times(fleet.History.Events) is { Count: > 0 } releases)
        {
            Print($"sessions of killed agents: gone after {releases[releases.Count / 2]} ms (median) and {releases[^1]} ms at most, {releases.Count} times");
        }

        if (SnapshotEnds.Line(fleet.History.Events) is { } snapshots)
        {
            Print(snapshots);
        }

        var captures = fleet.History.Events.Where(line => line.Kind == HistoryKind.Observed).Select(line => line.Capture).Distinct().Count();
        Print($"history: {fleet.History.Events.Count} lines, {fleet.History.Events.Count(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null })} campaigns acknowledged, {captures} captures, {fleet.History.Events.Count(line => line.Kind == HistoryKind.Started)} starts, {fleet.History.Events.Count(line => line.Kind == HistoryKind.Stored)} originals compared; I7 against {fleet.History.Events.Count(line => line.Kind == HistoryKind.Audited)} rows of the audit log, {fleet.History.Events.Count(line => line.Kind == HistoryKind.Denied)} refusals among what they must tell");
        return told.Count + problems.Count;
    }

    /// <summary>The next fault of chaos, or two that come together.</summary>
    internal static Scenario Draw(IReadOnlyList<Scenario> scenarios, Random random)
    {
        var scenario = Shorten(scenarios[random.Next(scenarios.Count)], random);
        return random.Next(3) == 0 && Second(scenario, Shorten(scenarios[random.Next(scenarios.Count)], random)) is { } both ? both : scenario;
    }

    /// <summary>Two faults that do not undo or hide each other; null when these two would.</summary>
    internal static Scenario? Second(Scenario first, Scenario second) => (first.ActsOn & second.ActsOn) != Subjects.None || first.PrepareAsync is not null || second.PrepareAsync is not null || first.IsSurvived || second.IsSurvived
        ? null
        // Its host joins anew at the end, which needs everything else to be well.
        : second.Row == ScenarioList.CopyRow ? Second(second, first)
        : first with
        {
            Name = $"{first.Name}{Both}{second.Name}",
            ActsOn = first.ActsOn | second.ActsOn,
            Hold = first.Hold > second.Hold ? first.Hold : second.Hold,
            MayFailWith = [.. first.MayFailWith.Union(second.MayFailWith)],
            Recovery = first.Recovery > second.Recovery ? first.Recovery : second.Recovery,
            MayEndItsSilo = first.MayEndItsSilo || second.MayEndItsSilo,
            OwnEnds = first.OwnEnds > second.OwnEnds ? first.OwnEnds : second.OwnEnds,
            NeedsItsHold = first.NeedsItsHold || second.NeedsItsHold,
            // With two faults at once it may take longer, or somebody else may be in the target.
            WitnessAsync = null,
            BeginAsync = async fleet =>
            {
                await first.BeginAsync(fleet);
                await second.BeginAsync(fleet);
            },
            EndAsync = async fleet =>
            {
                try
                {
                    await second.EndAsync(fleet);
                }
                finally
                {
                    await first.EndAsync(fleet);
                }
            },
        };

    private async Task<RoundResult> RoundAsync(Scenario scenario, Phase phase, CaptureKind kind)
    {
        var result = await round.RunAsync(scenario, phase, kind);
        foreach (var name in scenario.Name.Split(Both).Append(result.Kind is null ? $"in {phase}" : $"in {phase} of {result.Kind}"))
        {
            ran[name] = ran.GetValueOrDefault(name) + 1;
        }

        return result with { Violations = Tell(HistoryChecker.Check([.. fleet.History.Events.Where(line => line.Kind != HistoryKind.Audited)])) };
    }

    /// <summary>What is wrong with the audit log as a whole; its rows are in the history.</summary>
    private async Task<List<string>> NoteAuditAsync()
    {
        if (!await Wait.UntilAsync(TimeSpan.FromSeconds(20), async () =>
        {
            var rows = await fleet.Calls.AuditAsync();
            rows.ToList().ForEach(row => fleet.History.Add(new() { Kind = HistoryKind.Audited, Operation = row.Action, Text = row.Target, Decision = row.Decision }));
            return true;
        }))
        {
            return ["the audit log could not be fetched"];
        }

        return await fleet.VerifyAuditAsync() is { } broken ? [$"the audit log is not whole: {broken}"] : [];
    }

    /// <summary>As long as it must last, else some seconds.</summary>
    private static Scenario Shorten(Scenario scenario, Random random)
    {
        var hold = TimeSpan.FromSeconds(1 + random.Next(10));
        return scenario.NeedsItsHold ? scenario : scenario with { Hold = hold };
    }

    /// <summary>With what every process said last, in a file beside the history.</summary>
    private void TellProblems(RoundResult result)
    {
        foreach (var problem in result.Problems)
        {
            Print($"        {problem}");
        }

        if (!result.IsGood)
        {
            Print($"        what the processes said: {fleet.KeepWhatWasSaid()}");
        }
    }

    /// <summary>What is new among them.</summary>
    private List<Violation> Tell(IReadOnlyList<Violation> violations)
    {
        var fresh = violations.Where(told.Add).ToList();
        fresh.ForEach(violation => Print($"        VIOLATION {violation.Invariant} at {violation.At} ms: {violation.Text}"));
        return fresh;
    }

    private void Print(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
