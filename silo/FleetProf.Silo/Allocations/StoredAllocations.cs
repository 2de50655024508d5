using System.Text.Json;
using FleetProf.Analysis.Allocations;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Allocations;

/// <summary>Reads the stored tables of allocation captures: by type, of Go by function. They come from hostile artifacts: a damaged one is as good as none.</summary>
internal sealed class StoredAllocations(ArtifactStore store)
{
    private const string ByType = "alloc.types.json";
    private const string ByFunction = "alloc.functions.json";
    private const string InUseByFunction = "inuse.functions.json";

    /// <summary>The analyzer's tables are a few MB; what is larger is not read into the silo.</summary>
    private const long MaxFileBytes = 64L << 20;

    /// <summary>What was allocated in a known time. Null when the capture has no such table here, or it is damaged.</summary>
    public async Task<StoredTable?> ReadAsync(string captureId, CancellationToken cancellationToken)
    {
        var table = await ReadAsync(captureId, ByType, cancellationToken) ?? await ReadFunctionsAsync(captureId, ByFunction, cancellationToken);
        return table?.Recorded > TimeSpan.Zero ? table : null;
    }

    /// <summary>What a Go program has in use, by the function that allocated it. Null as before.</summary>
    public Task<StoredTable?> ReadInUseAsync(string captureId, CancellationToken cancellationToken) => ReadFunctionsAsync(captureId, InUseByFunction, cancellationToken);

    private async Task<StoredTable?> ReadFunctionsAsync(string captureId, string name, CancellationToken cancellationToken) =>
        await ReadAsync(captureId, name, cancellationToken) is { } table ? table with { IsByFunction = true } : null;

    private async Task<StoredTable?> ReadAsync(string captureId, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenAsync(captureId, name, cancellationToken);
            if (stream is null || stream.Length > MaxFileBytes)
            {
                return null;
            }

            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            var table = document.RootElement;
            var recorded = TimeSpan.FromMilliseconds(table.GetProperty("durationMs").GetDouble());
            IReadOnlyList<AllocationTypeRow> rows = [.. table.GetProperty("rows").EnumerateArray().Select(Row)];
            return new StoredTable(rows, recorded, table.GetProperty("isBiased").GetBoolean());
        }
        catch (Exception damage) when (damage is JsonException or InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static AllocationTypeRow Row(JsonElement row) => new()
    {
        Type = row.GetProperty("type").GetString() ?? "",
        Bytes = row.GetProperty("bytes").GetDouble(),
        Objects = row.TryGetProperty("objects", out var objects) && objects.ValueKind == JsonValueKind.Number ? objects.GetDouble() : null,
        Samples = row.GetProperty("samples").GetInt64(),
        RelativeError = row.TryGetProperty("relativeError", out var error) && error.ValueKind == JsonValueKind.Number ? error.GetDouble() : null,
    };

    /// <summary>A table as it was stored.</summary>
    /// <param name="Rows">By type or function.</param>
    /// <param name="Recorded">Zero when it counts since the start of the process.</param>
    /// <param name="IsBiased">From AllocationTick.</param>
    public sealed record StoredTable(IReadOnlyList<AllocationTypeRow> Rows, TimeSpan Recorded, bool IsBiased)
    {
        public bool IsByFunction { get; init; }
    }
}
