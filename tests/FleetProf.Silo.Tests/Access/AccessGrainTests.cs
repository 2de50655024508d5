using System.Text;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace FleetProf.Silo.Tests.Access;

public sealed class AccessGrainTests : IAsyncLifetime
{
    // Starts now: Orleans takes the same TimeProvider.
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly TemporaryCatalog catalog = new();
    private InProcessTestCluster cluster = null!;

    private IAccessGrain Access => cluster.Client.GetGrain<IAccessGrain>("local");

    public async ValueTask InitializeAsync()
    {
        cluster = OneSilo.WithPeople(catalog, clock).Build();
        await cluster.DeployAsync();
    }

    [Fact]
    public async Task LoginCode_Redeemed_WorksOnce()
    {
        var code = await Access.IssueLoginCodeAsync();

        var principal = await Access.RedeemLoginCodeAsync(code);

        Assert.Equal("admin", principal!.Name);
        Assert.Null(await Access.RedeemLoginCodeAsync(code));
        Assert.Null(await Access.RedeemLoginCodeAsync("guess"));
        Assert.Null(await Access.RedeemLoginCodeAsync(""));
    }

    [Fact]
    public async Task LoginCode_AfterADay_HasExpired()
    {
        var early = await Access.IssueLoginCodeAsync();
        var late = await Access.IssueLoginCodeAsync();
        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await Access.RedeemLoginCodeAsync(early));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await Access.RedeemLoginCodeAsync(late));
    }

    [Fact]
    public async Task ApiToken_IssuedAgain_ReplacesTheEarlierOfItsName()
    {
        var first = await Access.IssueApiTokenAsync("cli");
        var other = await Access.IssueApiTokenAsync("gate");
        var second = await Access.IssueApiTokenAsync("cli");

        Assert.Null(await Access.VerifyApiTokenAsync(first));
        Assert.Equal("cli", (await Access.VerifyApiTokenAsync(second))!.Name);
        Assert.Equal("gate", (await Access.VerifyApiTokenAsync(other))!.Name);
        await Assert.ThrowsAsync<ArgumentException>(() => Access.IssueApiTokenAsync(" "));
    }

    [Fact]
    public async Task ApiToken_WhoseUseCannotBeWrittenDown_IsGoodAllTheSame()
    {
        var token = await Access.IssueApiTokenAsync("cli");
        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            catalog.Postgres is null
                ? "CREATE TRIGGER refused BEFORE UPDATE OF last_used_at ON credentials BEGIN SELECT RAISE(ABORT, 'refused'); END"
                : "ALTER TABLE credentials ADD CONSTRAINT refused CHECK (last_used_at IS NULL)",
            transaction: transaction));

        Assert.NotNull(await Access.VerifyApiTokenAsync(token));

        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            catalog.Postgres is null ? "DROP TRIGGER refused" : "ALTER TABLE credentials DROP CONSTRAINT refused", transaction: transaction));
        Assert.Null(await LastUsedAsync());
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await Access.VerifyApiTokenAsync(token));
        Assert.InRange(clock.GetUtcNow().ToUnixTimeMilliseconds() - (await LastUsedAsync())!.Value, 0, 1000);
    }

    [Fact]
    public async Task Secrets_AfterReactivation_StillWorkAndAreNotInTheDatabase()
    {
        var token = await Access.IssueApiTokenAsync("cli");
        var code = await Access.IssueLoginCodeAsync();
        await cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        Assert.NotNull(await Access.VerifyApiTokenAsync(token));
        Assert.NotNull(await Access.RedeemLoginCodeAsync(code));
        var payloads = await catalog.Database.ReadAsync(connection => connection.Query<byte[]>("SELECT payload FROM grain_state").AsList());
        Assert.NotEmpty(payloads);
        Assert.All(payloads, payload => Assert.DoesNotContain(token[3..], Encoding.Latin1.GetString(payload), StringComparison.Ordinal));
    }

    /// <summary>By the one writer, after what it was given before.</summary>
    private Task<long?> LastUsedAsync() => catalog.Database.WriteAsync((connection, transaction) => connection.ExecuteScalar<long?>("SELECT last_used_at FROM credentials", transaction: transaction));

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        catalog.Dispose();
    }
}
