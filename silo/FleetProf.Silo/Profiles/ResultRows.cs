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
        var path = FileOf(captureId, table);
        if (path is null || !File.Exists(path) || new FileInfo(path).Length > MaxFileBytes)
        {
            return null;
        }

        try
        {
            await using var stream = File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            return [.. document.RootElement.GetProperty("rows").EnumerateArray().Select(row => Row(row, table))];
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Profiles of Go have a table of functions with the samples behind them; it is there in place of the top table.</summary>
    private string? FileOf(string captureId, FleetTable table) => table switch
    {
        FleetTable.AllocatedTypes => store.FindPath(captureId, "alloc.types.json"),
        FleetTable.AllocatingMethods when store.FindPath(captureId, "alloc.functions.json") is { } functions && File.Exists(functions) => functions,
        FleetTable.AllocatingMethods => store.FindPath(captureId, "alloc.top.json"),
        FleetTable.HeapTypes => store.FindPath(captureId, "heap.types.json"),
        _ => store.FindPath(captureId, "cpu.top.json"),
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
