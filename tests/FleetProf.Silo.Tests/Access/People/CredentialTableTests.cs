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

    public void Dispose() => catalog.Dispose();
}

public sealed class CredentialTableOnSqliteTests() : CredentialTableTests(CatalogKind.Sqlite);

public sealed class CredentialTableOnPostgresTests() : CredentialTableTests(CatalogKind.Postgres);
