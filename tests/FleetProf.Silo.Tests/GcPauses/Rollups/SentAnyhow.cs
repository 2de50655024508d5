using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using Google.Protobuf;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.Tests.GcPauses.Rollups;

/// <summary>Random windows of three instances over forty minutes, sent in any order, again, changed and late.</summary>
internal sealed class SentAnyhow(int seed)
{
    private const int Minutes = 40;

    private readonly Random random = new(seed);

    /// <summary>In the order of sending: batches of one to forty windows.</summary>
    public List<VitalsWindow[]> Batches()
    {
        var windows = new List<VitalsWindow>();
        foreach (var instance in (string[])["a", "b", "c"])
        {
            // Some are missing, and one instance comes later and leaves earlier.
            for (var index = instance == "c" ? 50 : 0; index < (instance == "c" ? 170 : Minutes * 6); index++)
            {
                if (random.Next(12) > 0)
                {
                    windows.Add(Create(instance, index));
                }
            }
        }

        // A tenth of all is sent again, half of that with other contents.
        windows.AddRange(windows.Where(_ => random.Next(10) == 0)
            .Select(window => random.Next(2) == 0 ? window.Clone() : Create(window.InstanceId, (int)(window.WindowStartUnixMs - Noon.ToUnixTimeMilliseconds()) / 10_000)).ToList());

        // Mostly in order, some by far too late.
        var ordered = windows
            .Select(window => (window, at: window.WindowStartUnixMs + random.Next(40_000) + (random.Next(8) == 0 ? random.Next(3_000_000) : 0)))
            .OrderBy(sent => sent.at).Select(sent => sent.window).ToList();
        var batches = new List<VitalsWindow[]>();
        for (var from = 0; from < ordered.Count;)
        {
            var count = Math.Min(ordered.Count - from, random.Next(1, 41));
            batches.Add([.. ordered.GetRange(from, count)]);
            from += count;
        }

        return batches;
    }

    public bool Chance(int oneOf) => random.Next(oneOf) == 0;

    private VitalsWindow Create(string instance, int index)
    {
        var pauses = Enumerable.Range(0, random.Next(5)).Select(_ => Math.Round(random.NextDouble() * 40, 3)).ToArray();
        var window = SentWindows.Create(instance, index, pauses);
        window.ObservedMs = (uint)random.Next(5_000, 10_001);
        window.WorkingSetBytes = random.Next(3) == 0 ? 0 : random.Next(1, 1_000_000_000);
        window.ThreadCount = (uint)random.Next(1, 60);
        window.Pauses.Clear();
        window.GcReasonCounts.Clear();
        window.GcReasonCounts.Add(Enumerable.Range(0, random.Next(16)).Select(_ => (uint)random.Next(300)));
        if (pauses.Length == 0)
        {
            return window;
        }

        window.HeapAfter = new HeapSizes { Gen0Bytes = random.Next(1_000), Gen1Bytes = random.Next(1_000), Gen2Bytes = random.Next(100_000), LohBytes = random.Next(1_000), PohBytes = random.Next(9) };
        window.HeapBeforeBytes = random.Next(200_000);
        window.Gen2AfterBytes = random.Next(3) == 0 ? random.Next(1, 100_000) : 0;
        window.CommittedBytes = random.Next(2) == 0 ? random.Next(1, 500_000) : 0;
        window.PinnedObjectCount = (uint)random.Next(20);
        window.GcHandleCount = (uint)random.Next(900);
        window.FinalizationPromotedCount = random.Next(50);
        foreach (var pause in pauses)
        {
            var (generation, kind) = ((uint)random.Next(3), (PauseKind)random.Next(1, 5));
            window.Pauses.Add(Sketch(generation, kind, pause));
            window.Longest.Add(new LongGc { Number = (uint)(index * 10 + window.Longest.Count), Generation = generation, Kind = kind, Reason = "AllocSmall", PauseMs = pause, EndedUnixMs = window.WindowStartUnixMs + random.Next(10_000) });
        }

        return window;
    }

    /// <summary>Pauses by generation and kind of windows, merged the plain way, as bytes.</summary>
    public static Dictionary<(uint, PauseKind), string> Pauses(IEnumerable<VitalsWindow> windows) => windows.SelectMany(window => window.Pauses)
        .GroupBy(pause => (pause.Generation, pause.Kind))
        .ToDictionary(group => group.Key, group => Convert.ToHexString(Merge(group.Select(pause => pause.Sketch)).ToBytes()));

    private static DdSketch Merge(IEnumerable<ByteString> sketches)
    {
        var merged = new DdSketch();
        foreach (var sketch in sketches)
        {
            merged.Merge(DdSketch.FromBytes(sketch.Span));
        }

        return merged;
    }
}
