using System.Text.Json;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Profiles;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Profiles;

/// <summary>Reads the rows of one capture's result table from the store. They come from hostile artifacts: a damaged table is as good as none.</summary>
internal sealed class ResultRows(ArtifactStore store)
{
    /// <summary>The analyzer's tables are a few MB; what is larger is not read into the silo.</summary>
    private const long MaxFileBytes = 64L << 20;

    /// <summary>Longer names are cut, as in heap trees; those that begin alike are then one row.</summary>
    private const int LongestName = 2_000;

    /// <summary>More than any program has. Without a limit, a sum of damaged rows is no number any more.</summary>
    private const double MaxValue = 1e18;

    private const long MaxSamples = 1_000_000_000_000;

    private const double BytesPerSample = 102_400;

    /// <summary>The kind of capture that has such a table.</summary>
    public static CaptureKind KindOf(FleetTable table) => table switch
    {
        FleetTable.CpuMethods => CaptureKind.Trace,
        FleetTable.HeapTypes => CaptureKind.Gcdump,
        _ => CaptureKind.Alloc,
    };

    public static string UnitOf(FleetTable table) => table switch
    {
        FleetTable.CpuMethods => "ms/s",
        FleetTable.HeapTypes => "bytes",
        _ => "bytes/s",
    };

    /// <summary>Hands on name, value and samples of each row; at the end, without a name, those of all rows together that the table leaves out.</summary>
    /// <returns>False when the capture has no such table here, or it is damaged: what was handed on until then is worth nothing.</returns>
    public async Task<bool> ReadAsync(string captureId, FleetTable table, Action<string?, double, long> add, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await OpenAsync(captureId, table, cancellationToken);
            if (stream is null || stream.Length > MaxFileBytes)
            {
                return false;
            }

            AddOther(await RowStream.ReadAsync(stream, Add, cancellationToken));
            return true;
        }
        catch (Exception damage) when (damage is JsonException or InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }

        void Add(JsonElement row)
        {
            var (name, value, samples) = Row(row, table);
            add(Cut(name), value, samples);
        }

        void AddOther(double self)
        {
            if (self != 0)
            {
                var (value, samples) = Checked(self, SamplesOf(self, table));
                add(null, value, samples);
            }
        }
    }

    /// <summary>Profiles of Go have a table of functions with the samples behind them; it is there in place of the top table.</summary>
    private async Task<Stream?> OpenAsync(string captureId, FleetTable table, CancellationToken cancellationToken) => table switch
    {
        FleetTable.AllocatedTypes => await store.OpenAsync(captureId, "alloc.types.json", cancellationToken),
        FleetTable.AllocatingMethods =>
            await store.OpenAsync(captureId, "alloc.functions.json", cancellationToken) ?? await store.OpenAsync(captureId, "alloc.top.json", cancellationToken),
        FleetTable.HeapTypes => await store.OpenAsync(captureId, "heap.types.json", cancellationToken),
        _ => await store.OpenAsync(captureId, "cpu.top.json", cancellationToken),
    };

    private static (string Name, double Value, long Samples) Row(JsonElement row, FleetTable table)
    {
        var hasSamples = row.TryGetProperty("samples", out var samples);
        if (hasSamples && row.TryGetProperty("type", out var type))
        {
            return Named(type, row.GetProperty("bytes").GetDouble(), samples.GetInt64());
        }

        if (table == FleetTable.HeapTypes)
        {
            return Named(row.GetProperty("type"), row.GetProperty("shallowBytes").GetDouble(), row.GetProperty("count").GetInt64());
        }

        var self = row.GetProperty("self").GetDouble();
        return Named(row.GetProperty("name"), self, hasSamples ? samples.GetInt64() : SamplesOf(self, table));
    }

    // The top table of CPU has no sample counts, nor has one of allocations by an earlier analyzer: a CPU sample counts one, an allocation sample stands for about as many bytes as lie between two.
    private static long SamplesOf(double self, FleetTable table) =>
        Math.Max(self > 0 ? 1 : 0, (long)Math.Round(table == FleetTable.CpuMethods ? self : self / BytesPerSample));

    private static (string Name, double Value, long Samples) Named(JsonElement name, double value, long samples)
    {
        var row = Checked(value, samples);
        return (name.GetString() ?? "", row.Value, row.Samples);
    }

    private static (double Value, long Samples) Checked(double value, long samples) =>
        value is >= 0 and <= MaxValue && samples is >= 0 and <= MaxSamples ? (value, samples) : throw new InvalidDataException("No program has such a value.");

    private static string Cut(string name) =>
        name.Length <= LongestName ? name : name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)];
}
