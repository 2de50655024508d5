using System.Collections.Concurrent;
using System.Net;
using Dapper;
using FleetProf.Contracts;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Storage.Damage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Storage.Damage;

/// <summary>Three rows in each table, one of them with a cell that cannot be read.</summary>
public abstract class DamagedRowTests(CatalogKind kind) : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);

    private readonly TemporaryCatalog catalog = new(kind: kind);
    private readonly FakeTimeProvider clock = new(At);

    /// <summary>Tests run side by side and share what is known of damage.</summary>
    private readonly string one = $"o'{Guid.NewGuid():n}";

    public void Dispose() => catalog.Dispose();

    [Theory]
    [InlineData("enrolled_agents", "agent_id", "labels_json")]
    [InlineData("join_tokens", "token_id", "networks_json")]
    [InlineData("join_tokens", "token_id", "labels_json")]
    [InlineData("credentials", "credential_id", "services_json")]
    [InlineData("campaigns", "campaign_id", "services_json")]
    [InlineData("campaigns", "campaign_id", "kinds_json")]
    [InlineData("comparisons", "comparison_id", "comparison_json")]
    [InlineData("instances", "instance_id", "labels_json")]
    [InlineData("instances", "instance_id", "gc_settings_json")]
    [InlineData("captures", "capture_id", "summary_json")]
    [InlineData("captures", "capture_id", "trigger_json")]
    public async Task List_OneCellUnreadable_ShowsAllRowsAndSaysWhichAndWhatToDo(string table, string keyColumn, string column)
    {
        await FillAsync();
        var before = await ShowAsync(table);
        Assert.Equal(3, before.Count);
        var told = new ConcurrentQueue<(CellName Cell, string Problem, string Repair)>();
        void Tell(CellName cell, string problem, string repair) => told.Enqueue((cell, problem, repair));
        DamagedCells.Found += Tell;
        foreach (var damage in new[] { "{\"cut off", "null", "[null]", "17" })
        {
            await ExecuteAsync($"UPDATE {table} SET {column} = @damage WHERE {keyColumn} = @one", new { damage, one });

            var after = await ShowAsync(table);

            Assert.Equal(before.Keys.Order(), after.Keys.Order());
            Assert.All(before.Where(row => row.Key != one), row => Assert.Equal(row.Value, after[row.Key]));
        }

        DamagedCells.Found -= Tell;
        var (cell, problem, repair) = Assert.Single(told, entry => entry.Cell.Key == one);
        Assert.Equal((table, column, $"{keyColumn} = '{one.Replace("'", "''", StringComparison.Ordinal)}'"), (cell.Table, cell.Column, cell.Condition));
        Assert.NotEqual("", problem);
        if (repair.Contains(": ", StringComparison.Ordinal) && repair[(repair.IndexOf(": ", StringComparison.Ordinal) + 2)..] is ['U' or 'D', ..] statement)
        {
            // What it says to run repairs it.
            Assert.Equal(1, await ExecuteAsync(statement));
            Assert.Equal(table == "comparisons" ? 2 : 3, (await ShowAsync(table)).Count);
        }
    }

    [Fact]
    public async Task Rights_UnreadableCell_AllowNothing()
    {
        await FillAsync();
        await ExecuteAsync("UPDATE credentials SET services_json = 'x'");
        await ExecuteAsync("UPDATE join_tokens SET networks_json = 'x'");

        var grants = (await new CredentialTable(catalog.Database, clock).FindGoodAsync(one))!.Grants;
        Assert.False(grants.CoversAll);
        Assert.False(grants.Covers("checkout"));
        Assert.Equal(AccessReason.TokenElsewhere, (await new JoinTokenTable(catalog.Database, clock).FindAsync(one))!.Weigh(IPAddress.Loopback, At));
    }

    [Fact]
    public async Task Running_UnreadableServices_AreStillAskedOfHolds()
    {
        await FillAsync();
        await ExecuteAsync("UPDATE campaigns SET services_json = 'x' WHERE campaign_id = @one", new { one });

        var running = await new CampaignTable(catalog.Database).ListRunningAsync();

        Assert.Equal(3, running.Count);
        Assert.Empty(running.Single(campaign => campaign.CampaignId == one).Services);
    }

    [Fact]
    public async Task State_Unreadable_IsNamedWithTheStatementThatGivesItUp()
    {
        var storage = GrainStorages.Over(catalog.Database);
        var grain = GrainId.Create("campaign", "one");
        await storage.WriteStateAsync("campaign", grain, new GrainState<CaptureSummary>(new CaptureSummary { EventCount = 7 }));
        await ExecuteAsync("UPDATE grain_state SET payload = @payload", new { payload = new byte[] { 0xff, 0x17, 0x00 } });

        var damage = await Assert.ThrowsAsync<InvalidDataException>(() => storage.ReadStateAsync("campaign", grain, new GrainState<CaptureSummary>()));

        Assert.Equal(damage.Message, $"Stored state cannot be read: {StateDamage.In(new InvalidOperationException("outer", damage))}");
        Assert.Contains("State campaign of campaign/one cannot be read", damage.Message, StringComparison.Ordinal);
        Assert.Contains("Restore the newest backup", damage.Message, StringComparison.Ordinal);
        Assert.Equal(1, await ExecuteAsync(damage.Message[damage.Message.IndexOf("DELETE FROM", StringComparison.Ordinal)..]));
        var fresh = new GrainState<CaptureSummary>();
        await storage.ReadStateAsync("campaign", grain, fresh);
        Assert.False(fresh.RecordExists);
    }

    private Task<int> ExecuteAsync(string statement, object? parameters = null) =>
        catalog.Database.WriteAsync((connection, transaction) => connection.Execute(statement, parameters, transaction));

    private async Task FillAsync()
    {
        var side = new ComparisonSide { Version = "1", From = At, To = At };
        var tokens = new JoinTokenTable(catalog.Database, clock);
        var credentials = new CredentialTable(catalog.Database, clock);
        foreach (var id in new[] { "a", one, "z" })
        {
            await tokens.AddAsync(JoinTokenText.Create(), new() { Name = id }, "ann", At.AddDays(1));
            await ExecuteAsync("UPDATE join_tokens SET token_id = @id WHERE name = @id", new { id });
            await new EnrolledTable(catalog.Database, clock).RedeemAsync(new EnrolledRow { AgentId = id, TokenId = id, KeyHash = id }, "");
            await credentials.AddAsync(credentials.NewSession(CredentialKind.LinkSession, id, Grants.Everything, TimeSpan.FromDays(1)));
            await ExecuteAsync("UPDATE credentials SET credential_id = @id WHERE name = @id", new { id });
            await new CampaignTable(catalog.Database).WriteAsync(
                new CampaignRow { CampaignId = id, State = CampaignState.Running, CreatedAt = At, Services = ["checkout"], Kinds = [CaptureKind.Trace] },
                [new Capture { CaptureId = id, CampaignId = id, InstanceId = id, Service = "checkout", Kind = CaptureKind.Trace, RequestedAt = At }],
                1);
            await new ComparisonTable(catalog.Database).UpsertAsync(new Comparison { ComparisonId = id, Service = "checkout", Baseline = side, Candidate = side, CreatedAt = At });
            await ExecuteAsync(InstanceRow.Upsert, new InstanceRow { InstanceId = id, Service = "checkout", LastSeenAt = At.ToUnixTimeMilliseconds() });
        }
    }

    /// <summary>What a list shows of each row, by its key.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ShowAsync(string table) => table switch
    {
        "enrolled_agents" => (await new EnrolledTable(catalog.Database, clock).ListAsync(10)).ToDictionary(row => row.AgentId, row => $"{row} {row.Labels.Count}"),
        "join_tokens" => (await new JoinTokenTable(catalog.Database, clock).ListAsync(10)).ToDictionary(row => row.TokenId, row => $"{row.Name} {row.Networks.Count} {row.Labels.Count}"),
        "credentials" => (await new CredentialTable(catalog.Database, clock).ListAsync()).ToDictionary(row => row.CredentialId, row => $"{row.Name} {row.Grants.Services.Single()}"),
        "campaigns" => (await new CampaignTable(catalog.Database).ListAsync(10)).ToDictionary(row => row.CampaignId, row => $"{row.State} {string.Join(',', row.Services)} {row.Kinds.Count}"),
        "comparisons" => (await new ComparisonTable(catalog.Database).ListAsync(null, 10)).ToDictionary(row => row.ComparisonId, row => $"{row.Service} {row.Baseline.Version} {row.Sentence}"),
        "instances" => (await new InstanceTable(catalog.Database).ListAsync(new InstanceFilter())).ToDictionary(row => row.InstanceId, row => $"{row.Service} {row.Labels.Count} {row.GcSettings.Count}"),
        _ => (await new CaptureTable(catalog.Database).ListAsync(new CaptureFilter(), 10)).ToDictionary(row => row.CaptureId, row => $"{row.Service} {row.Summary} {row.Trigger}"),
    };
}

public sealed class DamagedRowOnSqliteTests() : DamagedRowTests(CatalogKind.Sqlite);

public sealed class DamagedRowOnPostgresTests() : DamagedRowTests(CatalogKind.Postgres);
