using System.Globalization;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.Analysis.Allocations;
using FleetProf.Measures.Allocations;
using FleetProf.Measures.Traces;

namespace FleetProf.Benchmarks.Allocations;

/// <summary>
/// How often the stated 95 % interval of an allocation estimate holds what was really allocated: a process allocates counted objects
/// of six types and sizes, recorded by the agent's own session; one trial is one session.
/// </summary>
internal sealed class UnbiasingCoverage(int trials)
{
    // So many that about 1,070 or more samples come of each: 1,000 is where the claim begins.
    private static readonly (string Word, string Type, int Count)[] Plan =
    [
        ("small", "Small", 4_800_000), ("medium", "Medium", 1_025_000), ("cells-100", "Cell100[]", 140_000), ("cells-1000", "Cell1000[]", 14_500),
        ("cells-10000", "Cell10000[]", 2_050), ("cells-25000", "Cell25000[]", 1_300),
    ];

    public async Task RunAsync()
    {
        // Boxes and short-lived objects may not be optimised away, whatever the JIT learns.
        await using var workload = await WorkloadProcess.StartAsync("Planted", ("DOTNET_TieredCompilation", "0"), ("DOTNET_JitObjectStackAllocation", "0"));
        var types = Plan.ToDictionary(plan => plan.Type, _ => new List<Trial>());
        for (var trial = 0; trial < trials; trial++)
        {
            var samples = await RecordAsync(workload);
            foreach (var (_, type, count) in Plan)
            {
                types[type].Add(samples.TrialOf(type, count));
            }
        }

        Console.WriteLine("type           object bytes  trials  samples  bytes/truth  objects/truth  95 % interval holds the truth");
        foreach (var (_, type, _) in Plan)
        {
            Print(type, types[type]);
        }

        var all = types.Values.SelectMany(list => list).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all types: {all.Count(trial => trial.Holds) * 100.0 / all.Count:0.0} % of {all.Count}; trials with fewer than 1,000 samples: {all.Count(trial => trial.Samples < 1_000)}"));
    }

    private static void Print(string type, List<Trial> trials) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{type,-14} {trials[0].ObjectBytes,12} {trials.Count,7} {trials.Average(trial => trial.Samples),8:0} {trials.Average(trial => trial.Bytes / trial.TrueBytes),12:0.0000} {trials.Average(trial => trial.Objects / trial.TrueObjects),14:0.0000} {trials.Count(trial => trial.Holds),6} of {trials.Count} = {trials.Count(trial => trial.Holds) * 100.0 / trials.Count:0.0} %"));

    private static async Task<SampleCounter> RecordAsync(WorkloadProcess workload)
    {
        var request = CaptureRecipe.Allocations(new Version(10, 0)).Request with { RequestRundown = false, CollectStacks = false };
        var counter = new SampleCounter();
        var reader = new NettraceReader(counter);
        await using var session = await workload.Endpoint.Open(TimeProvider.System).StartSessionAsync(request, CancellationToken.None);
        var reading = ReadAsync(session.Stream, reader);
        foreach (var (word, _, count) in Plan)
        {
            await workload.DoAsync(word, count);
        }

        await session.StopAsync(CancellationToken.None);
        await reading;
        return reader.LostEvents == 0 ? counter : throw new InvalidOperationException($"{reader.LostEvents} events were lost: the truth is not comparable.");
    }

    private static async Task ReadAsync(Stream stream, NettraceReader reader)
    {
        var buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer) is > 0 and var length)
        {
            reader.Read(buffer.AsSpan(0, length));
        }
    }

    private sealed record Trial(long ObjectBytes, long Samples, double Bytes, double TrueBytes, double Objects, double TrueObjects)
    {
        public bool Holds => Math.Abs(Bytes - TrueBytes) <= Bytes * SampleConfidence.RelativeError(Samples);
    }

    /// <summary>Sums the estimates by type, as the analyzer does.</summary>
    private sealed class SampleCounter : INettraceSink
    {
        private const int AllocationSampled = 303;
        private readonly Dictionary<string, (long ObjectBytes, long Samples, double Bytes, double Objects)> _types = [];
        private int _pointerBytes = 8;

        public Trial TrialOf(string type, int count)
        {
            var (objectBytes, samples, bytes, objects) = _types[type];
            return new Trial(objectBytes, samples, bytes, (double)objectBytes * count, objects, count);
        }

        public void OnStart(TraceClock clock) => _pointerBytes = clock.PointerBytes;

        public void OnEvent(in NettraceEvent traceEvent)
        {
            if (traceEvent.Type is not { EventId: AllocationSampled, Provider: "Microsoft-Windows-DotNETRuntime" })
            {
                return;
            }

            // Kind (4), CLR instance (2), type id, type name (UTF-16 up to its zero), address, object size (8), offset (8).
            var rest = traceEvent.Payload[(6 + _pointerBytes)..];
            var name = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, char>(rest);
            var length = name.IndexOf('\0');
            var size = BitConverter.ToInt64(rest[(((length + 1) * 2) + _pointerBytes)..]);
            var sum = _types.GetValueOrDefault(name[..length].ToString());
            _types[name[..length].ToString()] = (size, sum.Samples + 1, sum.Bytes + AllocationUnbiasing.EstimatedBytes(size), sum.Objects + AllocationUnbiasing.EstimatedCount(size));
        }
    }
}
