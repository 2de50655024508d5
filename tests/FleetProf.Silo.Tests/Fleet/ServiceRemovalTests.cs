using Dapper;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Fleet;

public abstract class ServiceRemovalTests(CatalogKind kind) : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly TemporaryCatalog catalog = new(kind: kind);

    private InstanceTable Table => new(catalog.Database);

    public void Dispose() => catalog.Dispose();

    [Fact]
    public async Task Remove_ServiceThatNothingTellsOf_GoesWithItsVersionsAndDeploys()
    {
        await SeenAsync("forgotten");
        await SeenAsync("kept");
        await ExecuteAsync("UPDATE services SET last_seen_at = @now WHERE service = 'kept'");

        Assert.Equal(1, await Table.RemoveServicesAsync(Now));

        Assert.Equal(["kept"], await NamesAsync("services"));
        Assert.Equal(["kept"], await NamesAsync("service_versions"));
        Assert.Equal(["kept"], await NamesAsync("deploys"));
        Assert.Equal(0, await Table.RemoveServicesAsync(Now));
    }

    [Fact]
    public async Task Remove_ServiceWithAnInstance_StaysUntilTheInstanceIsForgotten()
    {
        await Table.ReplaceAsync("agent1", [Instances.Of("a")], Now.AddDays(-40));
        await Table.ReplaceAsync("agent1", [], Now.AddDays(-35));

        Assert.Equal(0, await Table.RemoveServicesAsync(Now));
        await Table.RemoveEndedAsync(Now, 10);
        Assert.Equal(1, await Table.RemoveServicesAsync(Now));
    }

    [Theory]
    [InlineData("a deploy that a pipeline announced", "UPDATE deploys SET announced_at = 1 WHERE service = 'cited'")]
    [InlineData("a deploy that was compared", "UPDATE deploys SET comparison_id = 'c-1' WHERE service = 'cited'")]
    [InlineData("a deploy of late", "UPDATE deploys SET seen_at = @now WHERE service = 'cited'")]
    [InlineData("a hold", "INSERT INTO capture_holds (service, reason, placed_by, placed_at, is_by_alert) VALUES ('cited', '', '', 1, 0)")]
    [InlineData("windows", "INSERT INTO trend_instances (instance_id, agent_id, service, version, first_window, last_window) VALUES ('i', 'a', 'cited', '', 1, 1)")]
    [InlineData(
        "a comparison",
        """
        INSERT INTO comparisons (comparison_id, service, baseline_version, candidate_version, requested_by, created_at, due_at, verdict, sentence, comparison_json)
        VALUES ('c', 'cited', '', '', '', 1, 1, 0, '', '{}')
        """)]
    [InlineData(
        "a capture",
        """
        INSERT INTO captures (capture_id, campaign_id, revision, instance_id, service, version, host, kind, state, phase, failure, attempt, inclusion_probability, requested_at,
            duration_seconds, sha256, size_bytes, is_partial, is_biased, stall_ms, requested_by, reason, done_seconds, total_seconds)
        VALUES ('c', 'c', 1, 'i', 'cited', '', '', 0, 0, 0, 0, 1, 1, 1, 1, '', 0, 0, 0, 0, '', '', 0, 0)
        """)]
    [InlineData(
        "a campaign",
        """
        INSERT INTO campaigns (campaign_id, revision, name, state, created_at, services_json, kinds_json, target_count, ready_count, failed_count, requested_by)
        VALUES ('c', 1, '', 0, 1, '["\u0063ited"]', '[]', 0, 0, 0, '')
        """)]
    [InlineData(
        "a trend",
        """
        INSERT INTO trend_groups (level_ms, service, version, window_start, instances, heap_instances, gen2_instances, committed_instances, process_instances, window_ms, observed_ms,
            gen0_count, gen1_count, gen2_count, background_count, induced_count, missed_count, own_count, pause_ms, max_pause_ms, suspend_ms, other_suspension_count,
            other_suspension_ms, allocated_bytes, promoted_bytes, cpu_seconds, thread_count, pinned_object_count, gc_handle_count, finalization_promoted_count)
        VALUES (900000, 'cited', '', 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        """)]
    public async Task Remove_ServiceThatSomethingTellsOf_StaysWhole(string citation, string statement)
    {
        await SeenAsync("cited");
        await ExecuteAsync(statement);

        Assert.True(await Table.RemoveServicesAsync(Now) == 0, $"A service went though {citation} tells of it.");
        Assert.Equal(["cited"], await NamesAsync("service_versions"));
        Assert.Equal(["cited"], await NamesAsync("deploys"));
    }

    /// <summary>Seen a while ago, and forgotten but for what stays of services.</summary>
    private Task SeenAsync(string service) => ExecuteAsync(
        $"""
        INSERT INTO services (service, first_seen_at, last_seen_at) VALUES ('{service}', 1, @now - 1);
        INSERT INTO service_versions (service, environment, version, first_started_at, latest_started_at) VALUES ('{service}', '', '1.0', 1, 1);
        INSERT INTO deploys (deploy_id, service, environment, version, previous_version, started_at, source, seen_at, is_planned)
        VALUES ('d-{service}', '{service}', '', '1.0', '', 1, 'agent', 1, 0)
        """);

    private Task ExecuteAsync(string statement) => catalog.Database.WriteAsync(
        (connection, transaction) => connection.Execute(statement, new { now = Now.ToUnixTimeMilliseconds() }, transaction));

    private Task<List<string>> NamesAsync(string table) => catalog.Database.ReadAsync(connection => connection.Query<string>($"SELECT service FROM {table} ORDER BY service").AsList());
}

public sealed class ServiceRemovalOnSqliteTests() : ServiceRemovalTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class ServiceRemovalOnPostgresTests() : ServiceRemovalTests(CatalogKind.Postgres);
