using System.Diagnostics;
using System.Globalization;
using FleetProf.Faults.Checking;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Scenarios;

/// <summary>Runs rounds on one fleet, checks the history after each and at the end, and prints what came of it.</summary>
internal sealed class Run(FleetUnderFault fleet, CampaignWatch watch, TextWriter output)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(4);

    private readonly Round round = new(fleet, watch);
    private readonly HashSet<Violation> told = [];

    /// <summary>Every scenario in every phase, in an order that the seed gives. The number of rounds that were not good.</summary>
    public async Task<int> MatrixAsync(IReadOnlyList<(Scenario Scenario, Phase Phase)> rounds)
    {
        var bad = 0;
        foreach (var (scenario, phase) in rounds)
        {
            var began = Stopwatch.GetTimestamp();
            var result = await RoundAsync(scenario, phase);
            bad += result.IsGood ? 0 : 1;
            Print(string.Create(CultureInfo.InvariantCulture, $"row {scenario.Row,2}  {scenario.Name,-32} {phase,-10} {(result.IsGood ? "pass" : "FAIL")}  hit {result.Hit,-22} {result.Outcome,-24} flows again after {result.RecoverySeconds:0.0} s  ({Stopwatch.GetElapsedTime(began).TotalSeconds:0} s)"));
            TellProblems(result);
        }

        return bad;
    }

    /// <summary>Faults as the seed wishes, one or two at a time, over campaigns that never stop. The number of violations.</summary>
    public async Task<int> ChaosAsync(TimeSpan time, int seed, IReadOnlyList<Scenario> scenarios)
    {
        var random = new Random(seed);
        var began = Stopwatch.GetTimestamp();
        var memory = new MemorySlope();
        var (rounds, problems) = (0, 0);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            var scenario = scenarios[random.Next(scenarios.Count)] with { Hold = TimeSpan.FromSeconds(1 + random.Next(10)) };
            if (random.Next(3) == 0 && Second(scenario, scenarios[random.Next(scenarios.Count)]) is { } both)
            {
                scenario = both;
            }

            var result = await RoundAsync(scenario with { Recovery = EndLimit, MayFailWith = Enum.GetValues<Contracts.Captures.CaptureFailure>() }, (Phase)random.Next(5));
            (rounds, problems) = (rounds + 1, problems + result.Problems.Count);
            memory.Add("portal", fleet.Portal.Pid, Stopwatch.GetElapsedTime(began), fleet.Portal.ResidentMegabytes);
            memory.Add("silo1", fleet.SiloParts[1].Pid, Stopwatch.GetElapsedTime(began), fleet.SiloParts[1].ResidentMegabytes);
            memory.Add("agent1", fleet.AgentParts[1].Pid, Stopwatch.GetElapsedTime(began), fleet.AgentParts[1].ResidentMegabytes);
            Print(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalSeconds,5:0} s  {scenario.Name} {scenario.Hold.TotalSeconds:0} s in {result.Phase}: {result.Outcome}, flows again after {result.RecoverySeconds:0.0} s"));
            TellProblems(result);
        }

        var violations = await FinishAsync();
        Print($"seed {seed}: {rounds} rounds, {violations} violations of I1 to I7, {problems} other problems");
        memory.Lines().ToList().ForEach(Print);
        return violations + problems;
    }

    /// <summary>Everything has its time to end; the audit log is read; the whole history is checked once more. The number of violations.</summary>
    public async Task<int> FinishAsync()
    {
        foreach (var campaign in fleet.History.Events.Where(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null }).Select(line => line.Campaign!).Distinct().ToList())
        {
            await watch.UntilOverAsync(campaign, EndLimit);
        }

        IReadOnlyList<(string Action, string Target)>? audit = null;
        await Wait.UntilAsync(TimeSpan.FromSeconds(20), async () =>
        {
            audit = await fleet.Calls.AuditAsync();
            return true;
        });
        foreach (var (action, target) in audit ?? [])
        {
            fleet.History.Add(new() { Kind = HistoryKind.Audited, Operation = action, Text = target });
        }

        fleet.History.Add(new() { Kind = HistoryKind.Final });
        Tell(HistoryChecker.Check(fleet.History.Events));
        var captures = fleet.History.Events.Where(line => line.Kind == HistoryKind.Observed).Select(line => line.Capture).Distinct().Count();
        Print($"history: {fleet.History.Events.Count} lines, {fleet.History.Events.Count(line => line is { Kind: HistoryKind.Acknowledged, Campaign: not null })} campaigns acknowledged, {captures} captures, {fleet.History.Events.Count(line => line.Kind == HistoryKind.Started)} starts, {fleet.History.Events.Count(line => line.Kind == HistoryKind.Stored)} originals compared; I7 {(audit is null ? "not checked: there is no audit log" : $"against {audit.Count} rows")}");
        return told.Count;
    }

    private async Task<RoundResult> RoundAsync(Scenario scenario, Phase phase)
    {
        var result = await round.RunAsync(scenario, phase);
        return result with { Violations = Tell(HistoryChecker.Check([.. fleet.History.Events.Where(line => line.Kind != HistoryKind.Audited)])) };
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
            var file = string.Create(CultureInfo.InvariantCulture, $"{fleet.History.Path}.{fleet.History.Now}.log");
            File.WriteAllText(file, string.Join("\n\n", ((IEnumerable<Part>)[.. fleet.SiloParts, .. fleet.AgentParts, fleet.Portal]).Select(part => $"=== {part.Name}\n{part.Said}")));
            Print($"        what the processes said: {file}");
        }
    }

    /// <summary>What is new among them.</summary>
    private List<Violation> Tell(IReadOnlyList<Violation> violations)
    {
        var fresh = violations.Where(told.Add).ToList();
        fresh.ForEach(violation => Print($"        VIOLATION {violation.Invariant} at {violation.At} ms: {violation.Text}"));
        return fresh;
    }

    /// <summary>Two faults that do not undo each other.</summary>
    private static Scenario? Second(Scenario first, Scenario second) => first.Row == second.Row || first.PrepareAsync is not null || second.PrepareAsync is not null || first.IsSurvived || second.IsSurvived || second.Row >= 14 || first.Row >= 14
        ? null
        // Its host joins anew at the end, which needs everything else to be well.
        : second.Row == ScenarioList.CopyRow ? Second(second, first)
        : first with
        {
            Name = $"{first.Name} + {second.Name}",
            BeginAsync = async fleet =>
            {
                await first.BeginAsync(fleet);
                await second.BeginAsync(fleet);
            },
            EndAsync = async fleet =>
            {
                await second.EndAsync(fleet);
                await first.EndAsync(fleet);
            },
        };

    private void Print(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
