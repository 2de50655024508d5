// Real silos, agents, a portal and PostgreSQL, things that break, and a history that is checked for what must hold whatever breaks.
//   dotnet run --project tests/FleetProf.Faults -- matrix [--seed N] [--rows 1,2,13] [--phases midCapture,midUpload] [--kinds trace] [--stop SECONDS] [--away SECONDS] [--part 1/9]
//   dotnet run --project tests/FleetProf.Faults -- chaos [--minutes 30] [--seed N] [--kinds trace]
//   dotnet run --project tests/FleetProf.Faults -- upgrade --old FOLDER
//   dotnet run --project tests/FleetProf.Faults -- check HISTORY
// --away is how long an outage of the database, and of a full artifact store, lasts: 300 for a long one.
// --kinds is what faults meet: trace, gcdump or, by default, both (trace,gcdump).
// --old is the folder .artifacts/bin of an older build, whose fleet becomes one of this build: tests/upgrade.sh makes it.
// Prints the seed; ends with 1 when something did not hold. The history lies beside, named by --history or by the seed. As root, disks are
// filled and packets dropped too; with a C compiler, clocks are set. What runs that were killed have left on the machine is removed first.
using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Injection;
using FleetProf.Faults.Memory;
using FleetProf.Faults.Scenarios;

if (args is ["check", var path])
{
    var lines = HistoryFile.Read(path);
    var violations = HistoryChecker.Check(lines);
    violations.ToList().ForEach(violation => Console.WriteLine($"{violation.Invariant} at {violation.At} ms: {violation.Text}"));
    Console.WriteLine($"{violations.Count} violations");
    if (SnapshotEnds.Line(lines) is { } snapshots)
    {
        Console.WriteLine(snapshots);
    }

    var memories = MemoryJudge.Judge(lines);
    MemoryJudge.Lines(memories).ToList().ForEach(line => Console.WriteLine(line));
    return violations.Count == 0 && MemoryJudge.Count(memories, MemoryVerdict.Leak) == 0 ? 0 : 1;
}

var older = Option("--old") is { } folder ? new Build(Path.GetFullPath(folder)) : null;
if (args is not ["matrix" or "chaos" or "upgrade", ..] || (args[0] == "upgrade") != (older is not null))
{
    Console.Error.WriteLine("matrix, chaos, upgrade --old or check: see the head of tests/FleetProf.Faults/Program.cs");
    return 2;
}

var seed = int.Parse(Option("--seed") ?? Random.Shared.Next(1_000_000).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
var rows = Option("--rows")?.Split(',').Select(row => int.Parse(row, CultureInfo.InvariantCulture)).ToHashSet();
var phases = Option("--phases")?.Split(',').Select(phase => Enum.Parse<Phase>(phase, ignoreCase: true)).ToHashSet();
var kinds = Option("--kinds")?.Split(',').Select(kind => Enum.Parse<CaptureKind>(kind, ignoreCase: true)).Distinct().ToList() ?? KindDraw.All;
if (kinds.Except(KindDraw.All).Any())
{
    Console.Error.WriteLine("--kinds takes trace, gcdump or both");
    return 2;
}

var draw = new KindDraw(seed, kinds);
var stop = TimeSpan.FromSeconds(double.Parse(Option("--stop") ?? "20", CultureInfo.InvariantCulture));
var away = Option("--away") is { } seconds ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)) : (TimeSpan?)null;
var file = Option("--history") ?? Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"fleetprof-faults-{args[0]}-{seed}-{Environment.ProcessId}.jsonl"));
Console.WriteLine($"seed {seed}, history {file}");
Leftovers.Remove();
using var history = new HistoryFile(file);
await using var fleet = await FleetUnderFault.StartAsync(history, seed, older);
// Disks stay mounted otherwise.
using var endSignals = new EndSignals(() => fleet.DisposeAsync().AsTask().Wait());
await using var watch = new CampaignWatch(fleet);
watch.Start();
var run = new Run(fleet, watch, Console.Out);
if (args[0] == "upgrade")
{
    return await new Upgrade(fleet, watch, run, Console.Out).RunAsync() == 0 ? 0 : 1;
}

var scenarios = ScenarioList.All(stop, away).Where(scenario => rows is null || rows.Contains(scenario.Row)).ToList();
foreach (var scenario in scenarios.Where(scenario => scenario.Obstacle is not null))
{
    Console.WriteLine($"row {scenario.Row} {scenario.Name}: left out, {scenario.Obstacle}");
}

scenarios.RemoveAll(scenario => scenario.Obstacle is not null);
if (args[0] == "chaos")
{
    var minutes = double.Parse(Option("--minutes") ?? "30", CultureInfo.InvariantCulture);
    foreach (var scenario in scenarios.Where(scenario => scenario.ChaosObstacle is not null))
    {
        Console.WriteLine($"row {scenario.Row} {scenario.Name}: not in chaos, {scenario.ChaosObstacle}; see the matrix");
    }

    return await run.ChaosAsync(TimeSpan.FromMinutes(minutes), seed, [.. scenarios.Where(scenario => scenario.ChaosObstacle is null)], draw) == 0 ? 0 : 1;
}

var rounds = scenarios.SelectMany(scenario => scenario.Phases.Where(phase => phases is null || phases.Contains(phase)).Select(phase => (scenario, phase, draw.Of($"{scenario.Name} in {phase}")))).ToArray();
new Random(seed).Shuffle(rounds);
if (Option("--part")?.Split('/') is [var part, var parts])
{
    // The whole takes most of an hour; parts of one seed together are all of it.
    rounds = [.. rounds.Where((_, index) => index % int.Parse(parts, CultureInfo.InvariantCulture) == int.Parse(part, CultureInfo.InvariantCulture) - 1)];
}

var bad = await run.MatrixAsync(rounds);
var all = await run.FinishAsync();
Console.WriteLine($"seed {seed}: {rounds.Length} rounds, {rounds.Length - bad} passed, {bad} failed, {all} violations of I1 to I7 and problems at the end");
return bad == 0 && all == 0 ? 0 : 1;

string? Option(string name) => Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
