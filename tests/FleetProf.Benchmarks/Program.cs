// Measurements of FleetProf. Each prints its figures and how they came about; none of them is a test.
//   dotnet run --project tests/FleetProf.Benchmarks -- vitals-throughput [GROUPS]   what a GC session costs the target
//   dotnet run --project tests/FleetProf.Benchmarks -- armed-throughput [GROUPS]    what a capture that waits for a pause costs the target
//   dotnet run --project tests/FleetProf.Benchmarks -- gc-counts [MINUTES]          every GC counted, with the agent killed in between
//   dotnet run -c Release --project tests/FleetProf.Benchmarks -- trend-store [ROUNDS [postgres] [write|read]]   rows of the trend store per second, time of its queries
//   dotnet run -c Release --project tests/FleetProf.Benchmarks -- trend-packed           the silo's time for a trend of a hundred thousand points
//   dotnet run --project tests/FleetProf.Benchmarks -- unbiasing [TRIALS]           allocation estimates against counted truth
//   dotnet run --project tests/FleetProf.Benchmarks -- trace-analysis [FILE]        the analyzer against dotnet-trace on the same bytes
//   dotnet run --project tests/FleetProf.Benchmarks -- pauses [ROUNDS]              every pause and cause against the truth, cost of reading
//   dotnet run --project tests/FleetProf.Benchmarks -- recordings [PER_MODE]        of it only pauses and their sum; or causes ROUNDS [CAUSE]; or reading-cost
//   dotnet run --project tests/FleetProf.Benchmarks -- pause-model [GCS]            GC interval and pause foretold for budgets left out
//   dotnet run --project tests/FleetProf.Benchmarks -- heap-answers [OBJECTS]       a heap snapshot's file to its answers: time and memory
//   dotnet run --project tests/FleetProf.Benchmarks -- heap-reading [OBJECTS]       its stream to resolved references, against a plain reader
//   dotnet run --project tests/FleetProf.Benchmarks -- heap-questions [OBJECTS]     rows of its tree and paths of its types, through portal and silo
//   dotnet run --project tests/FleetProf.Benchmarks -- micro [--filter PATTERN]     time and allocations of single pieces
using System.Globalization;
using BenchmarkDotNet.Running;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.Benchmarks.Allocations;
using FleetProf.Benchmarks.GcPauses;
using FleetProf.Benchmarks.GcPauses.Model;
using FleetProf.Benchmarks.GcPauses.Truth;
using FleetProf.Benchmarks.Heaps;
using FleetProf.Benchmarks.Profiles;

switch (args)
{
    case ["vitals-throughput", .. var rest]:
        await new SessionThroughput("vitals", probe => VitalsSwitch.OnAsync(probe, seed: 1), GroupsOf(rest), seed: 1).RunAsync();
        return 0;
    case ["armed-throughput", .. var rest]:
        await new SessionThroughput("a gc capture waiting", probe => HeldSession.OnAsync(probe, CaptureRecipe.Collections), GroupsOf(rest), seed: 1).RunAsync();
        await new SessionThroughput("an alloc capture waiting", probe => HeldSession.OnAsync(probe, CaptureRecipe.Allocations(Environment.Version)), GroupsOf(rest), seed: 1).RunAsync();
        return 0;
    case ["gc-counts", .. var rest]:
        await new GcCounts(TimeSpan.FromMinutes(rest is [var minutes] ? double.Parse(minutes, CultureInfo.InvariantCulture) : 10)).RunAsync();
        return 0;
    case ["trend-store", .. var rest]:
        await new TrendStoreFigures(rounds: rest is [var stored, ..] ? int.Parse(stored, CultureInfo.InvariantCulture) : 120, onPostgres: rest.Contains("postgres")).RunAsync(writes: !rest.Contains("read"), reads: !rest.Contains("write"));
        return 0;
    case ["trend-packed"]:
        await TrendPackedFigures.RunAsync();
        return 0;
    case ["unbiasing", .. var rest]:
        await new UnbiasingCoverage(trials: rest is [var trials] ? int.Parse(trials, CultureInfo.InvariantCulture) : 200).RunAsync();
        return 0;
    case ["trace-analysis", .. var rest]:
        await new TraceAnalysis(rest is [var file] ? file : null).RunAsync();
        return 0;
    case ["pauses", .. var rest]:
        var perCause = rest is [var perCauseText] ? int.Parse(perCauseText, CultureInfo.InvariantCulture) : 30;
        await new PauseRecordings(perMode: 5).RunAsync();
        await new ReadingCost(rounds: 41).RunAsync();
        new QuantileErrors(seed: 1).Run();
        await new PlantedCauses(perCause).RunAsync();
        return 0;
    case ["recordings", .. var rest]:
        await new PauseRecordings(perMode: rest is [var recordings] ? int.Parse(recordings, CultureInfo.InvariantCulture) : 5).RunAsync();
        return 0;
    case ["reading-cost"]:
        await new ReadingCost(rounds: 41).RunAsync();
        return 0;
    case ["causes", var perCauseAlone, .. var only]:
        await new PlantedCauses(int.Parse(perCauseAlone, CultureInfo.InvariantCulture), only is [var word] ? word : null).RunAsync();
        return 0;
    case ["pause-model", .. var rest]:
        await new PauseModelFigures(gcsPerSetting: rest is [var gcs] ? int.Parse(gcs, CultureInfo.InvariantCulture) : 60).RunAsync();
        return 0;
    case ["heap-answers", .. var rest]:
        await new HeapAnswers(rest is [var objects] ? int.Parse(objects, CultureInfo.InvariantCulture) : 10_000_000, seed: 1).RunAsync();
        return 0;
    case ["heap-reading", ("plain" or "ours") and var which, var stream]:
        HeapReading.Once(which == "plain", stream);
        return 0;
    case ["heap-reading", .. var rest]:
        await new HeapReading(rest is [var read] ? int.Parse(read, CultureInfo.InvariantCulture) : 10_000_000, seed: 1).RunAsync();
        return 0;
    case ["heap-questions", .. var rest]:
        await new HeapQuestions(rest is [var asked] ? int.Parse(asked, CultureInfo.InvariantCulture) : 10_000_000, seed: 1).RunAsync();
        return 0;
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest is [] ? ["--filter", "*"] : rest);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: vitals-throughput [GROUPS] | armed-throughput [GROUPS] | gc-counts [MINUTES] | trend-store [ROUNDS] | trend-packed | unbiasing [TRIALS] | trace-analysis [FILE] | pauses [ROUNDS] | recordings [PER_MODE] | causes ROUNDS [CAUSE] | pause-model [GCS] | heap-answers [OBJECTS] | heap-reading [OBJECTS] | heap-questions [OBJECTS] | micro [--filter PATTERN]");
        return 2;
}

static int GroupsOf(string[] rest) => rest is [var groups] ? int.Parse(groups, CultureInfo.InvariantCulture) : 100;
