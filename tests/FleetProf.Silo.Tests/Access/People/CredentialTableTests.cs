using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Access.People;

/// <summary>Credentials in the catalog, on both databases.</summary>
public abstract class CredentialTableTests(CatalogKind kind) : IDisposable
{
    private readonly TemporaryCatalog catalog = new(kind: kind);

    [Fact]
    public async Task Revoke_ByAnotherSiloAfterTheWallClockWasSetBack_IsKnownWithinTwoSeconds()
    {
        var clock = new SteppedClock();
        var (table, other) = (new CredentialTable(catalog.Database, clock), new CredentialTable(catalog.Database, clock));
        var row = table.NewSession(CredentialKind.LinkSession, "ann", new Grants { Role = Role.Viewer }, TimeSpan.FromHours(8));
        await table.AddAsync(row);
        Assert.NotNull(await table.FindGoodAsync(row.CredentialId));
        clock.StepBack();
        Assert.True(await other.RevokeAsync(row.CredentialId));

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await table.FindGoodAsync(row.CredentialId));
    }

    [Fact]
    public async Task Add_SessionOfAProvider_KeepsWhichAndWhoItIsThere()
    {
        var table = new CredentialTable(catalog.Database, TimeProvider.System);
        var provided = table.NewSession(CredentialKind.OidcSession, "ann", Grants.Everything, TimeSpan.FromHours(8), ("https://login.example", "1234"));
        var own = table.NewSession(CredentialKind.PasswordSession, "ann", Grants.Everything, TimeSpan.FromHours(8));
        await table.AddAsync(provided);
        await table.AddAsync(own);

        var kept = (await table.ListAsync()).ToDictionary(credential => credential.CredentialId, credential => (credential.Issuer, credential.Subject));

        Assert.Equal((("https://login.example", "1234"), ("", "")), (kept[provided.CredentialId], kept[own.CredentialId]));
    }

    /// <summary>Whoever holds a token can make a thousand others and revoke them: the token must stay where it can be seen and revoked.</summary>
    [Fact]
    public async Task List_WithAThousandNewerOnesThatWereRevoked_HasTheTokenFirst()
    {
        var clock = new SteppedClock();
        var table = new CredentialTable(catalog.Database, clock);
        var token = table.NewToken(ApiTokenText.Create(), "kept", Grants.Everything, "ann", TimeSpan.FromDays(30));
        var session = table.NewSession(CredentialKind.PasswordSession, "ann", Grants.Everything, TimeSpan.FromHours(8));
        clock.Advance(TimeSpan.FromMinutes(1));
        var junk = Enumerable.Range(0, 1_000).Select(_ => table.NewToken(ApiTokenText.Create(), "junk", Grants.Everything, "mallory", TimeSpan.FromDays(30))).ToList();
        await catalog.Database.WriteAsync((connection, transaction) =>
        {
            foreach (var row in (CredentialRow[])[token, session, .. junk])
            {
                CredentialTable.Insert(connection, transaction, row);
            }

            return connection.Execute("UPDATE credentials SET revoked_at = created_at WHERE name = 'junk'", transaction: transaction);
        });

        var listed = await table.ListAsync();

        Assert.Equal(1_000, listed.Count);
        Assert.Equal([token.CredentialId, session.CredentialId], listed.Take(2).Select(credential => credential.CredentialId));
        Assert.All(listed.Skip(2), credential => Assert.Equal("junk", credential.Name));
    }

    public void Dispose() => catalog.Dispose();
}

public sealed class CredentialTableOnSqliteTests() : CredentialTableTests(CatalogKind.Sqlite);

public sealed class CredentialTableOnPostgresTests() : CredentialTableTests(CatalogKind.Postgres);
