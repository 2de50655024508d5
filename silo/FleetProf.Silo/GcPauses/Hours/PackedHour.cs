using System.Buffers.Binary;
using System.Text;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Queries;

namespace FleetProf.Silo.GcPauses.Hours;

/// <summary>
/// The points of one instance's ten-second steps in one hour, by column, as a packed trend has them. Numbers are little-endian: the version (a byte),
/// the longest p99 of pauses (a double), a bit per step that says whether there is a point, the number of columns (two bytes), of each the length
/// of its name (a byte), the name, the encoding of <see cref="HourColumn"/> (a byte) and its length (two bytes); then the columns themselves.
/// </summary>
internal sealed class PackedHour
{
    /// <summary>Milliseconds.</summary>
    public const long LengthMs = 3_600_000;

    private const byte Version = 1;
    private const int Steps = (int)(LengthMs / TrendLevel.WindowMs);
    private const int Header = 1 + sizeof(double) + (Steps / 8) + sizeof(ushort);
    private const int StepSeconds = (int)(TrendLevel.WindowMs / 1_000);

    /// <summary>In place of the observed fraction, which changes when the instance turns out to have been there for longer.</summary>
    private const string ObservedMs = "observedMs";
    private const string ObservedFraction = "observedFraction";

    private static readonly string[] Stored = [.. TrendFields.All.Where(field => field != ObservedFraction)];
    private static readonly Lazy<Dictionary<string, float>> Gap = new(ReadGap);

    private readonly long startMs;
    private readonly byte[] bytes;
    private readonly Dictionary<string, (byte Kind, int At, int Length)> columns = new(StringComparer.Ordinal);
    private readonly int count;

    private PackedHour(long startMs, byte[] bytes)
    {
        (this.startMs, this.bytes) = (startMs, bytes);
        for (var step = 0; step < Steps; step++)
        {
            count += HasPoint(step) ? 1 : 0;
        }

        var names = new List<(string Name, byte Kind, int Length)>();
        var at = Header;
        for (var left = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(Header - sizeof(ushort))); left > 0; left--)
        {
            var name = Encoding.UTF8.GetString(bytes, at + 1, bytes[at]);
            at += 1 + bytes[at];
            names.Add((name, bytes[at], BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 1))));
            at += 1 + sizeof(ushort);
        }

        foreach (var (name, kind, length) in names)
        {
            columns.Add(name, (kind, at, length));
            at += length;
        }
    }

    public long EndMs => startMs + LengthMs;

    public long StartMs => startMs;

    /// <summary>Null where there is nothing to pack.</summary>
    /// <param name="instanceId">Whose.</param>
    /// <param name="startMs">Of the hour, Unix milliseconds.</param>
    /// <param name="windows">All of the hour, with all columns but the exemplars, by start.</param>
    public static byte[]? Pack(string instanceId, long startMs, IEnumerable<PauseWindow> windows)
    {
        var points = new PackedSeriesBuilder((instanceId, ""), Stored);
        var observed = new List<float>();
        var present = new byte[Steps / 8];

        // An instance that never was is not expected anywhere: only steps that have windows are points.
        foreach (var step in TrendSteps.OfInstance(windows, new InstanceSpan(instanceId, 0, 0), new TrendRange(startMs, startMs + LengthMs, TrendLevel.WindowMs)))
        {
            points.Add(TrendPoints.Of(step, StepSeconds, null, (instanceId, "")));

            // More than a whole step is a whole step.
            observed.Add(Math.Min(step.ObservedMs, TrendLevel.WindowMs));
            var at = (int)((step.StartMs - startMs) / TrendLevel.WindowMs);
            present[at / 8] |= (byte)(1 << (at % 8));
        }

        return points.IsEmpty ? null : Write(points, observed, present);
    }

    /// <summary>Null where another version wrote it.</summary>
    /// <param name="startMs">Of the hour, Unix milliseconds.</param>
    /// <param name="bytes">By <see cref="Pack"/>.</param>
    public static PackedHour? Read(long startMs, byte[] bytes) => bytes[0] == Version ? new PackedHour(startMs, bytes) : null;

    /// <summary>False where a figure came later than the hour was packed.</summary>
    public bool Has(IReadOnlyList<string> fields) => fields.All(field => field is TrendFields.Reasons or ObservedFraction || columns.ContainsKey(field));

    /// <summary>Adds the points of this hour, which is wholly in the range of the series.</summary>
    /// <param name="series">Of the instance.</param>
    /// <param name="fields">What the series has of them, or more.</param>
    /// <param name="span">When the instance existed: a time without a window is a gap.</param>
    public void AddTo(PackedSeriesBuilder series, IReadOnlyList<string> fields, InstanceSpan span)
    {
        var starts = new List<uint>(Steps);
        var places = new List<int>(Steps);
        var first = TrendLevel.StartOf(span.FirstMs, TrendLevel.WindowMs);
        var next = 0;
        for (var step = 0; step < Steps; step++)
        {
            var at = startMs + (step * TrendLevel.WindowMs);
            if (HasPoint(step) || (at >= first && at < span.EndMs))
            {
                starts.Add((uint)(at / 1_000));
                places.Add(HasPoint(step) ? next++ : -1);
            }
        }

        var values = fields.Where(field => field is not (TrendFields.Reasons or ObservedFraction))
            .Concat(fields.Contains(TrendFields.Reasons) ? columns.Keys.Where(IsReason) : [])
            .Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => ValuesOf(name, places), StringComparer.Ordinal);
        if (fields.Contains(ObservedFraction))
        {
            values.Add(ObservedFraction, FractionsOf(starts, places, span));
        }

        series.Add(starts, values, BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(1)));
    }

    private static byte[] Write(PackedSeriesBuilder points, List<float> observed, byte[] present)
    {
        var series = points.Build();
        var written = series.Columns.Select(column => (Name: column.Key, Column: HourColumn.Write(FloatsOf(column.Value))))
            .Append((Name: ObservedMs, Column: HourColumn.Write(observed.ToArray()))).ToList();
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(points.MostPauseP99Ms);
        writer.Write(present);
        writer.Write((ushort)written.Count);
        foreach (var (name, column) in written)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            writer.Write((byte)utf8.Length);
            writer.Write(utf8);
            writer.Write(column.Kind);
            writer.Write((ushort)column.Bytes.Length);
        }

        written.ForEach(column => writer.Write(column.Column.Bytes));
        writer.Flush();
        return stream.ToArray();
    }

    private float[] ValuesOf(string name, List<int> places)
    {
        var values = new float[count];
        var (kind, at, length) = columns[name];
        HourColumn.Read(kind, bytes.AsSpan(at, length), values);
        return places.Count == count ? values : [.. places.Select(place => place < 0 ? Gap.Value.GetValueOrDefault(name) : values[place])];
    }

    private float[] FractionsOf(List<uint> starts, List<int> places, InstanceSpan span)
    {
        var observed = ValuesOf(ObservedMs, places);
        for (var i = 0; i < observed.Length; i++)
        {
            var at = starts[i] * 1_000L;
            observed[i] = (float)TrendStep.FractionOf((long)observed[i], span.OverlapMs(at, at + TrendLevel.WindowMs));
        }

        return observed;
    }

    private bool HasPoint(int step) => (bytes[1 + sizeof(double) + (step / 8)] & (1 << (step % 8))) != 0;

    private static bool IsReason(string name) => name.StartsWith(TrendFields.Reasons + ".", StringComparison.Ordinal);

    /// <summary>Each figure of a step without a window; of reasons and of what was observed there is nothing.</summary>
    private static Dictionary<string, float> ReadGap()
    {
        var gap = new PackedSeriesBuilder(("", ""), Stored);
        gap.Add(TrendPoints.Of(new TrendStep(0, ""), StepSeconds, null, ("", "")));
        return gap.Build().Columns.ToDictionary(column => column.Key, column => FloatsOf(column.Value)[0], StringComparer.Ordinal);
    }

    private static float[] FloatsOf(byte[] bytes)
    {
        var values = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        }

        return values;
    }
}
