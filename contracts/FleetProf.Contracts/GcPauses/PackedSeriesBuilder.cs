using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FleetProf.Contracts.GcPauses;

/// <summary>Packs points of one instance, or of all together, as they come: the points themselves need not be kept. Not thread-safe.</summary>
public sealed class PackedSeriesBuilder
{
    private readonly (string Instance, string Version) of;
    private readonly IReadOnlyList<string> fields;
    private readonly List<(Func<TrendPoint, double?> Get, List<float> Values)> columns;
    private readonly SortedDictionary<string, List<float>> reasons = new(StringComparer.Ordinal);
    private readonly List<uint> starts = [];

    /// <param name="of">Instance and version, each empty when merged.</param>
    /// <param name="fields">Names of <see cref="TrendFields"/>.</param>
    /// <exception cref="ArgumentException">A name is none.</exception>
    public PackedSeriesBuilder((string Instance, string Version) of, IReadOnlyList<string> fields)
    {
        this.of = of;
        this.fields = [.. fields.Distinct(StringComparer.Ordinal)];
        columns = [.. this.fields.Where(field => field != TrendFields.Reasons).Select(field => (TrendFields.GetterOf(field), new List<float>()))];
        HasReasons = columns.Count < this.fields.Count;
    }

    public string Instance => of.Instance;

    public bool IsEmpty => starts.Count == 0;

    /// <summary>The longest p99 of pauses among the points; 0 without any.</summary>
    public double MostPauseP99Ms { get; private set; }

    private bool HasReasons { get; }

    /// <summary>In order of time.</summary>
    public void Add(TrendPoint point)
    {
        MostPauseP99Ms = Math.Max(MostPauseP99Ms, point.PauseP99Ms ?? 0);
        foreach (var (get, values) in columns)
        {
            values.Add((float)(get(point) ?? double.NaN));
        }

        if (HasReasons)
        {
            AddReasons(point.Reasons);
        }

        starts.Add((uint)point.WindowStart.ToUnixTimeSeconds());
    }

    /// <summary>Points by column, in order of time and later than all before.</summary>
    /// <param name="windowStarts">Of each point, Unix seconds.</param>
    /// <param name="packed">As in <see cref="PackedSeries.Columns"/>: every figure of this series, of reasons those that occur; others are left out.</param>
    /// <param name="mostPauseP99Ms">The longest p99 of pauses among them, 0 without any.</param>
    /// <exception cref="KeyNotFoundException">A figure is not there.</exception>
    public void Add(IReadOnlyCollection<uint> windowStarts, IReadOnlyDictionary<string, float[]> packed, double mostPauseP99Ms)
    {
        MostPauseP99Ms = Math.Max(MostPauseP99Ms, mostPauseP99Ms);
        var next = 0;
        foreach (var field in fields.Where(field => field != TrendFields.Reasons))
        {
            columns[next++].Values.AddRange(packed[field]);
        }

        if (HasReasons)
        {
            const string prefix = TrendFields.Reasons + ".";
            foreach (var name in packed.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                KnowReason(name[prefix.Length..]);
            }

            foreach (var (reason, values) in reasons)
            {
                values.AddRange(packed.TryGetValue(prefix + reason, out var counts) ? counts : new float[windowStarts.Count]);
            }
        }

        starts.AddRange(windowStarts);
    }

    public PackedSeries Build()
    {
        var packed = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var next = 0;
        foreach (var field in fields)
        {
            if (field != TrendFields.Reasons)
            {
                packed[field] = Pack(columns[next++].Values);
                continue;
            }

            foreach (var (reason, values) in reasons)
            {
                packed[$"{TrendFields.Reasons}.{reason}"] = Pack(values);
            }
        }

        var bytes = new byte[starts.Count * sizeof(uint)];
        for (var i = 0; i < starts.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), starts[i]);
        }

        return new() { Instance = of.Instance, Version = of.Version, WindowStart = bytes, Columns = packed };
    }

    private void AddReasons(IReadOnlyDictionary<string, long> counts)
    {
        foreach (var reason in counts.Keys)
        {
            KnowReason(reason);
        }

        foreach (var (reason, values) in reasons)
        {
            values.Add(counts.GetValueOrDefault(reason));
        }
    }

    private void KnowReason(string reason)
    {
        if (!reasons.ContainsKey(reason))
        {
            // It did not occur in the points before.
            reasons.Add(reason, [.. Enumerable.Repeat(0f, starts.Count)]);
        }
    }

    private static byte[] Pack(List<float> values)
    {
        var bytes = new byte[values.Count * sizeof(float)];
        var floats = CollectionsMarshal.AsSpan(values);
        for (var i = 0; i < floats.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), floats[i]);
        }

        return bytes;
    }
}
