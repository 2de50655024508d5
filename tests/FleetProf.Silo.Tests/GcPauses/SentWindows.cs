using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using Google.Protobuf;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.Tests.GcPauses;

/// <summary>Windows as agents send them.</summary>
internal static class SentWindows
{
    /// <summary>A multiple of ten seconds.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A whole window <paramref name="index"/> times ten seconds after noon, with one blocking gen0 GC per pause.</summary>
    public static VitalsWindow Create(string instance, int index, params double[] pauses) => CreateAt(instance, Noon.AddSeconds(index * 10), 10_000, pauses);

    public static VitalsWindow CreateAt(string instance, DateTimeOffset start, uint windowMs, params double[] pauses)
    {
        var window = new VitalsWindow
        {
            InstanceId = instance,
            WindowStartUnixMs = start.ToUnixTimeMilliseconds(),
            WindowMs = windowMs,
            ObservedMs = windowMs,
            GcCounts = { (uint)pauses.Length, 0, 0 },
            GcReasonCounts = { (uint)pauses.Length },
            PauseMs = pauses.Sum(),
            MaxPauseMs = pauses.DefaultIfEmpty().Max(),
            SuspendMs = pauses.Sum() / 10,
            AllocatedBytes = pauses.Length * 1_000_000,
            CpuSeconds = windowMs / 4_000.0,
            WorkingSetBytes = 100_000_000,
            ThreadCount = 12,
        };
        if (pauses.Length > 0)
        {
            window.HeapAfter = new HeapSizes { Gen0Bytes = 1_000, Gen1Bytes = 2_000, Gen2Bytes = 30_000, LohBytes = 400_000, PohBytes = 50 };
            window.FragmentedBytes = 7_000;
            window.PromotedBytes = 500;
            window.Pauses.Add(Sketch(0, PauseKind.Blocking, pauses));
        }

        return window;
    }

    public static PauseSketch Sketch(uint generation, PauseKind kind, params double[] pauses)
    {
        var sketch = new DdSketch();
        foreach (var pause in pauses)
        {
            sketch.Add(pause);
        }

        return new PauseSketch { Generation = generation, Kind = kind, Sketch = ByteString.CopyFrom(sketch.ToBytes()) };
    }

    public static VitalsBatch Batch(params VitalsWindow[] windows) => Batch(1, windows);

    public static VitalsBatch Batch(ulong sequence, params VitalsWindow[] windows) => new() { Sequence = sequence, Windows = { windows } };

    public static VitalsWindow AsPreview(this VitalsWindow window)
    {
        window.Partial = true;
        return window;
    }
}
