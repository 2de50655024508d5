using System.Globalization;
using Dapper;
using FleetProf.Contracts;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage.Damage;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace FleetProf.Silo.Storage;

/// <summary>
/// Grain state in the catalog: insert-if-absent, then version-checked updates, durable when a write returns.
/// </summary>
/// <remarks>
/// Payloads are Orleans-serialised: the [Id] numbers of the records are a checked contract already, and JSON would add
/// their property names as a second one; it is also about half as large. Every row carries a format number, so that a
/// later format can be read beside this one.
/// </remarks>
internal sealed class CatalogGrainStorage(
    CatalogDatabase database,
    IOptions<ClusterOptions> cluster,
    Serializer serializer,
    IActivatorProvider activators,
    TimeProvider clock) : IGrainStorage
{
    private const int OrleansFormat = 1;

    private readonly string serviceId = cluster.Value.ServiceId;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = new Key(serviceId, stateName, grainId.ToString());
        var row = await database.ReadAsync(connection => connection.QueryFirstOrDefault<Row>(
            "SELECT version AS Version, format AS Format, payload AS Payload FROM grain_state WHERE service_id = @ServiceId AND state_name = @StateName AND grain_id = @GrainId",
            key));

        grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = row?.Payload is not null;
        grainState.State = row?.Payload is null ? New<T>() : Deserialize<T>(row, key);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        StoreAsync(stateName, grainId, grainState, serializer.SerializeToArray(grainState.State));

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is null)
        {
            // Never stored, as far as this activation knows: nothing to clear, unless somebody else has stored it since.
            var stored = new GrainState<T>();
            await ReadStateAsync(stateName, grainId, stored);
            if (stored.ETag is not null)
            {
                throw Conflict(new Key(serviceId, stateName, grainId.ToString()), null, stored.ETag);
            }
        }
        else
        {
            await StoreAsync(stateName, grainId, grainState, null);
        }

        grainState.State = New<T>();
        grainState.RecordExists = false;
    }

    private async Task StoreAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, byte[]? payload)
    {
        var key = new Key(serviceId, stateName, grainId.ToString());
        var expected = grainState.ETag is null ? 0 : long.Parse(grainState.ETag, CultureInfo.InvariantCulture);
        var write = new Write(key.ServiceId, key.StateName, key.GrainId, expected, OrleansFormat, payload, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var written = await database.WriteAuditedAsync((connection, transaction) => connection.Execute(
            expected == 0
                ? """
                  INSERT INTO grain_state (service_id, state_name, grain_id, version, format, payload, written_at)
                  VALUES (@ServiceId, @StateName, @GrainId, 1, @Format, @Payload, @WrittenAt)
                  ON CONFLICT (service_id, state_name, grain_id) DO NOTHING
                  """
                : """
                  UPDATE grain_state SET version = version + 1, format = @Format, payload = @Payload, written_at = @WrittenAt
                  WHERE service_id = @ServiceId AND state_name = @StateName AND grain_id = @GrainId AND version = @Expected
                  """,
            write,
            transaction), written => written > 0);
        if (written == 0)
        {
            throw Conflict(key, grainState.ETag, "another version");
        }

        grainState.ETag = (expected + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = payload is not null;
    }

    private T Deserialize<T>(Row row, Key key)
    {
        if (row.Format != OrleansFormat)
        {
            throw Damaged(key, $"has format {row.Format}, which this version cannot read. Start the version that wrote it.");
        }

        try
        {
            return serializer.Deserialize<T>(row.Payload!)!;
        }
        catch (Exception exception)
        {
            throw Damaged(
                key,
                $"cannot be read as {typeof(T).Name}: {exception.Message.TrimEnd('.')}. Restore the newest backup that has it; or give it up, with all silos stopped: "
                + $"DELETE FROM grain_state WHERE service_id = '{key.ServiceId}' AND state_name = '{key.StateName}' AND grain_id = '{key.GrainId}'",
                exception);
        }
    }

    /// <summary>Nothing is read in its place: the grain would go on as if it had never been, and write that.</summary>
    private static InvalidDataException Damaged(Key key, string problem, Exception? cause = null)
    {
        DamagedCells.Count("grain_state");
        return StateDamage.Of($"State {key.StateName} of {key.GrainId} {problem}", cause);
    }

    private T New<T>() => activators.GetActivator<T>().Create();

    private static InconsistentStateException Conflict(Key key, string? expected, string stored) => new(
        $"State {key.StateName} of {key.GrainId} was changed by another activation since it was read here.", stored, expected ?? "none");

    private sealed record Key(string ServiceId, string StateName, string GrainId);

    private sealed record Write(string ServiceId, string StateName, string GrainId, long Expected, int Format, byte[]? Payload, long WrittenAt);

    private sealed class Row
    {
        public long Version { get; init; }

        public long Format { get; init; }

        public byte[]? Payload { get; init; }
    }
}
