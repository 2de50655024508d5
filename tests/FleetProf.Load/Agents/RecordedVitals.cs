using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using Google.Protobuf;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Load.Agents;

/// <summary>
/// Windows made once from the seed and replayed by all agents with other ids and times, so that making them costs the generator nothing
/// while it measures. Shaped like those of a busy web service: three generations, a few causes, three long collections with their detail.
/// </summary>
internal sealed class RecordedVitals
{
    private const int Count = 64;
    private readonly VitalsWindow[] windows;

    public RecordedVitals(int seed)
    {
        var random = new Random(seed);
        windows = [.. Enumerable.Range(0, Count).Select(_ => Make(random))];
    }

    /// <param name="instanceId">Whose.</param>
    /// <param name="number">Which of them.</param>
    /// <param name="startMs">Unix ms.</param>
    /// <param name="isPartial">A preview.</param>
    public VitalsWindow Replay(string instanceId, long number, long startMs, bool isPartial)
    {
        var window = windows[(int)(number % Count)].Clone();
        window.InstanceId = instanceId;
        window.WindowStartUnixMs = startMs;
        window.Partial = isPartial;
        foreach (var gc in window.Longest)
        {
            gc.EndedUnixMs = startMs + 5_000;
        }

        return window;
    }

    private static VitalsWindow Make(Random random)
    {
        var gcs = new[] { random.Next(20, 60), random.Next(2, 8), random.Next(0, 2) };
        var window = new VitalsWindow
        {
            WindowMs = 10_000,
            ObservedMs = 10_000,
            GcCounts = { gcs.Select(count => (uint)count) },
            BackgroundGcCount = (uint)gcs[2],
            AllocatedBytes = random.NextInt64(200_000_000, 2_000_000_000),
            PromotedBytes = random.NextInt64(1_000_000, 50_000_000),
            HeapAfter = new HeapSizes { Gen0Bytes = 2_000_000, Gen1Bytes = 5_000_000, Gen2Bytes = random.NextInt64(50_000_000, 400_000_000), LohBytes = 20_000_000 },
            HeapBeforeBytes = 500_000_000,
            FragmentedBytes = 4_000_000,
            CommittedBytes = 700_000_000,
            CpuSeconds = 10 * random.NextDouble(),
            WorkingSetBytes = 800_000_000,
            ThreadCount = (uint)random.Next(20, 80),
            FirstGcNumber = 100,
            LastGcNumber = (uint)(100 + gcs.Sum() - 1),
            PinnedObjectCount = 12,
            GcHandleCount = 3_000,
            GcReasonCounts = { (uint)gcs.Sum() },
        };
        AddSketch(window, random, 0, PauseKind.Blocking, PauseCause.Ordinary, gcs[0]);
        AddSketch(window, random, 1, PauseKind.Blocking, PauseCause.Survivors, gcs[1]);
        AddSketch(window, random, 2, PauseKind.BackgroundInitial, PauseCause.BackgroundMark, gcs[2]);
        window.SuspendMs = window.PauseMs / 10;
        for (var longest = 0; longest < 3; longest++)
        {
            window.Longest.Add(new LongGc
            {
                Number = (uint)(100 + longest), Generation = 1, Kind = PauseKind.Blocking, Reason = "AllocSmall", PauseMs = window.MaxPauseMs / (longest + 1), PromotedBytes = 3_000_000, Cause = PauseCause.Survivors,
                Evidence = "Marking took 70 % of the pause; 3.0 MB survived.",
                Detail = new GcDetail { PauseMs = window.MaxPauseMs, MarkMs = window.MaxPauseMs * 0.7, CompactMs = 1, HeapBeforeBytes = 500_000_000, RootMs = { 0.1, 0, 0.2, 0.5 }, HeapCount = 4 },
            });
        }

        return window;
    }

    private static void AddSketch(VitalsWindow window, Random random, uint generation, PauseKind kind, PauseCause cause, int count)
    {
        var pauses = new DdSketch();
        for (var gc = 0; gc < count; gc++)
        {
            var pause = Math.Exp(random.NextDouble() * 3) * (generation + 1) / 4;
            pauses.Add(pause);
            window.PauseMs += pause;
            window.MaxPauseMs = Math.Max(window.MaxPauseMs, pause);
        }

        if (count > 0)
        {
            window.Pauses.Add(new PauseSketch { Generation = generation, Kind = kind, Cause = cause, Sketch = ByteString.CopyFrom(pauses.ToBytes()) });
        }
    }
}
