using System.Text.Json;
using FleetProf.Analysis.Allocations;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Allocations;

/// <summary>Reads the stored type tables of allocation captures. They come from hostile artifacts: a damaged one is as good as none.</summary>
internal sealed class StoredAllocations(ArtifactStore store)
{
    private const string Name = "alloc.types.json";

    /// <summary>The analyzer's tables are a few MB; what is larger is not read into the silo.</summary>
    private const long MaxFileBytes = 64L << 20;

    /// <summary>Null when the capture has no such table here, or it is damaged.</summary>
    public async Task<(IReadOnlyList<AllocationTypeRow> Rows, TimeSpan Recorded, bool IsBiased)?> ReadAsync(string captureId, CancellationToken cancellationToken)
    {
        var path = store.FindPath(captureId, Name);
        if (path is null || !File.Exists(path) || new FileInfo(path).Length > MaxFileBytes)
        {
            return null;
        }

        try
        {
            await using var stream = File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            var table = document.RootElement;
            var recorded = TimeSpan.FromMilliseconds(table.GetProperty("durationMs").GetDouble());
            IReadOnlyList<AllocationTypeRow> rows = [.. table.GetProperty("rows").EnumerateArray().Select(Row)];
            return recorded > TimeSpan.Zero ? (rows, recorded, table.GetProperty("isBiased").GetBoolean()) : null;
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static AllocationTypeRow Row(JsonElement row) => new()
    {
        Type = row.GetProperty("type").GetString() ?? "",
        Bytes = row.GetProperty("bytes").GetDouble(),
        Samples = row.GetProperty("samples").GetInt64(),
        RelativeError = row.TryGetProperty("relativeError", out var error) && error.ValueKind == JsonValueKind.Number ? error.GetDouble() : null,
    };
}
