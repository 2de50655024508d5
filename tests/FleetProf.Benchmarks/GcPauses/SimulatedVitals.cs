extern alias silo;

using FleetProf.Measures.GcPauses;
using Google.Protobuf;
using silo::FleetProf.AgentProtocol;
using PauseKind = silo::FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>Windows as a busy service sends them: about 12 gen0, 3 gen1 and some gen2 GCs in ten seconds, with the three longest.</summary>
internal sealed class SimulatedVitals(int seed)
{
    private readonly Random random = new(seed);

    public VitalsWindow Next(string instance, long startMs)
    {
        var window = new VitalsWindow
        {
            InstanceId = instance, WindowStartUnixMs = startMs, WindowMs = 10_000, ObservedMs = 10_000,
            AllocatedBytes = random.NextInt64(2_000_000_000), PromotedBytes = random.Next(50_000_000),
            HeapAfter = new HeapSizes { Gen0Bytes = random.Next(9_000_000), Gen1Bytes = random.Next(9_000_000), Gen2Bytes = 300_000_000 + random.Next(9_000_000), LohBytes = 40_000_000, PohBytes = 100_000 },
            HeapBeforeBytes = 400_000_000 + random.Next(9_000_000), FragmentedBytes = random.Next(9_000_000), CommittedBytes = 500_000_000,
            CpuSeconds = 5 * random.NextDouble(), WorkingSetBytes = 600_000_000 + random.Next(9_000_000), ThreadCount = 42,
            PinnedObjectCount = 12, GcHandleCount = 900, FinalizationPromotedCount = 3,
        };
        uint[] counts = [(uint)random.Next(9, 16), (uint)random.Next(2, 5), random.Next(4) == 0 ? 1u : 0u];
        window.GcCounts.AddRange(counts);
        for (uint generation = 0; generation < counts.Length; generation++)
        {
            AddPauses(window, generation, counts[generation]);
        }

        return window;
    }

    private void AddPauses(VitalsWindow window, uint generation, uint count)
    {
        if (count == 0)
        {
            return;
        }

        var sketch = new DdSketch();
        for (var i = 0; i < count; i++)
        {
            var pause = 0.3 * (1 + 4 * generation) * Math.Exp(random.NextDouble() * 2);
            sketch.Add(pause);
            window.PauseMs += pause;
            window.MaxPauseMs = Math.Max(window.MaxPauseMs, pause);
            if (i == 0)
            {
                window.Longest.Add(new LongGc { Number = (uint)random.Next(), Generation = generation, Kind = PauseKind.Blocking, Reason = "AllocSmall", PauseMs = pause, SuspendMs = 0.1, EndedUnixMs = window.WindowStartUnixMs + 5_000, PromotedBytes = 1_000_000 });
            }
        }

        window.Pauses.Add(new PauseSketch { Generation = generation, Kind = PauseKind.Blocking, Sketch = ByteString.CopyFrom(sketch.ToBytes()) });
    }
}
