using System.Text;
using FleetProf.Measures.GcPauses.Logs;

namespace FleetProf.Measures.GcPauses.Go;

/// <summary>Reads the text of /debug/pprof/heap?debug=1 as it arrives; of the profile itself it keeps nothing. Never throws.</summary>
public sealed class GoMemStatsReader
{
    private static readonly string[] Names =
    [
        "PauseNs", "PauseEnd", "GCCPUFraction", "HeapAlloc", "NumGC", "TotalAlloc", "Sys", "HeapSys", "HeapIdle", "HeapInuse", "HeapReleased", "HeapObjects", "Stack", "NextGC",
        "NumForcedGC",
    ];

    private readonly Dictionary<string, long> numbers = new(StringComparer.Ordinal);
    private readonly LogLines lines;
    private IReadOnlyList<long> pauseNs = [];
    private IReadOnlyList<long> pauseEndNs = [];
    private double gcCpuFraction;
    private bool isInside;

    public GoMemStatsReader() => lines = new LogLines(ReadLine);

    public void Append(ReadOnlySpan<byte> bytes) => lines.Append(bytes);

    /// <summary>The text ends here. Null when it is none of a Go program's, or was cut before its last figures.</summary>
    public GoMemStats? Finish()
    {
        lines.Finish();
        // NumForcedGC comes behind NumGC: where it stands, NumGC was not cut inside its digits.
        var isComplete = isInside && numbers.ContainsKey("NumGC") && numbers.ContainsKey("NumForcedGC") && numbers.ContainsKey("HeapAlloc");
        // The counter has 32 bits.
        if (!isComplete || this["NumGC"] > uint.MaxValue || pauseNs.Count != GoMemStats.RingLength || pauseEndNs.Count != GoMemStats.RingLength) return null;
        return new GoMemStats
        {
            HeapAllocBytes = this["HeapAlloc"], NumGc = this["NumGC"], PauseNs = pauseNs, PauseEndNs = pauseEndNs,
            TotalAllocBytes = this["TotalAlloc"], SysBytes = this["Sys"], HeapSysBytes = this["HeapSys"], HeapIdleBytes = this["HeapIdle"],
            HeapInUseBytes = this["HeapInuse"], HeapReleasedBytes = this["HeapReleased"], HeapObjects = this["HeapObjects"],
            StackInUseBytes = this["Stack"], NextGcBytes = this["NextGC"], NumForcedGc = this["NumForcedGC"], GcCpuFraction = gcCpuFraction,
        };
    }

    private long this[string name] => numbers.GetValueOrDefault(name);

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual("# runtime.MemStats"u8))
        {
            isInside = true;
            return;
        }
        var cursor = new LineCursor(line);
        if (!isInside || !cursor.TryText("# "u8)) return;
        var equals = cursor.Rest.IndexOf(" = "u8);
        if (equals is <= 0 or > 32) return;
        if (NameOf(cursor.Rest[..equals]) is not { } name) return;
        var value = new LineCursor(cursor.Rest[(equals + 3)..]);
        switch (name)
        {
            case "PauseNs": pauseNs = Ring(ref value); break;
            case "PauseEnd": pauseEndNs = Ring(ref value); break;
            // Tiny fractions come as "1e-05"; they are as good as none.
            case "GCCPUFraction": gcCpuFraction = value.TryDecimal(1, out var fraction) && value.Rest.IsEmpty ? fraction : 0; break;
            // "360448 / 360448" of the stacks is in use / taken.
            case var _ when value.TryInteger(long.MaxValue, out var number) && (value.Rest.IsEmpty || value.Rest.StartsWith(" / "u8)): numbers[name] = number; break;
        }
    }

    // Null for a name that nothing here reads: a hostile text has any number of them.
    private static string? NameOf(ReadOnlySpan<byte> text)
    {
        foreach (var name in Names)
            if (Ascii.Equals(text, name)) return name;
        return null;
    }

    private static IReadOnlyList<long> Ring(ref LineCursor cursor)
    {
        if (!cursor.TryText("["u8)) return [];
        var values = new List<long>(GoMemStats.RingLength);
        while (values.Count < GoMemStats.RingLength)
        {
            if (!cursor.TryInteger(long.MaxValue, out var value)) return [];
            values.Add(value);
            if (!cursor.TryText(" "u8)) break;
        }
        return cursor.TryText("]"u8) && cursor.Rest.IsEmpty ? values : [];
    }
}
