using System.Text.Json;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Profiles;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Profiles;

/// <summary>Reads the rows of one capture's result table from the store.</summary>
internal sealed class ResultRows(ArtifactStore store)
{
    /// <summary>The analyzer's tables are a few MB; what is larger is not read into the silo.</summary>
    private const long MaxFileBytes = 64L << 20;

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
        FleetTable.CpuMethods => "samples/s",
        FleetTable.HeapTypes => "bytes",
        _ => "bytes/s",
    };

    /// <summary>Null when the capture has no such table here, or it is damaged.</summary>
    public async Task<IReadOnlyList<(string Name, double Value, long Samples)>?> ReadAsync(string captureId, FleetTable table, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await OpenAsync(captureId, table, cancellationToken);
            if (stream is null || stream.Length > MaxFileBytes)
            {
                return null;
            }

            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            return [.. document.RootElement.GetProperty("rows").EnumerateArray().Select(row => Row(row, table))];
        }
        catch (Exception damage) when (damage is JsonException or InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
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
        if (row.TryGetProperty("samples", out _))
        {
            return (row.GetProperty("type").GetString() ?? "", row.GetProperty("bytes").GetDouble(), row.GetProperty("samples").GetInt64());
        }

        if (table == FleetTable.HeapTypes)
        {
            return (row.GetProperty("type").GetString() ?? "", row.GetProperty("shallowBytes").GetDouble(), row.GetProperty("count").GetInt64());
        }

        // The top table has no sample counts: a CPU sample counts one, an allocation sample stands for about as many bytes as lie between two.
        var self = row.GetProperty("self").GetDouble();
        var samples = table == FleetTable.CpuMethods ? self : self / BytesPerSample;
        return (row.GetProperty("name").GetString() ?? "", self, Math.Max(self > 0 ? 1 : 0, (long)Math.Round(samples)));
    }
}
