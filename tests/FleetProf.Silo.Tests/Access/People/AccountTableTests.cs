using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.People;

/// <summary>Local accounts come and go; what they opened goes with them.</summary>
public abstract class AccountTableTests : IDisposable
{
    private const string Password = "correct horse battery";

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TemporaryCatalog catalog;
    private readonly CredentialTable credentials;
    private readonly PasswordDesk passwords = new();
    private readonly AccountTable accounts;

    protected AccountTableTests(CatalogKind kind)
    {
        catalog = new TemporaryCatalog(clock, kind);
        credentials = new CredentialTable(catalog.Database, clock);
        accounts = new AccountTable(catalog.Database, passwords, clock);
    }

    [Fact]
    public async Task Remove_Account_EndsItsSessionsAndNobodyElses()
    {
        var ann = await SetUpAsync("ann");
        var bob = await SetUpAsync("bob");
        var token = credentials.NewToken(ApiTokenText.Create(), "ann", Grants.Everything, "ann", TimeSpan.FromDays(1));
        var oidc = credentials.NewSession(CredentialKind.OidcSession, "ann", Grants.Everything, TimeSpan.FromHours(8));
        await credentials.AddAsync(token);
        await credentials.AddAsync(oidc);

        var outcome = await AuditedAsync("ann", () => accounts.RemoveAsync("ann", mayBeLast: false));

        Assert.Equal(AccountRemoval.Removed, outcome);
        Assert.Null(await accounts.LogInAsync("ann", Password, Open));
        Assert.Equal(["bob"], (await accounts.ListAsync()).Select(account => account.Name));
        Assert.Equal([false, true, true, true], await AreGoodAsync(ann, bob, token.CredentialId, oidc.CredentialId));
        var row = Assert.Single(await new AuditTable(catalog.Database).ListAsync(new AuditQuery()));
        Assert.Equal(("account.remove", "ann", AuditDecision.Allowed), (row.Action, row.Target, row.Decision));
    }

    [Theory]
    [InlineData("ann", false, AccountRemoval.LastAdmin)]
    [InlineData("ann", true, AccountRemoval.Removed)]
    [InlineData("nobody", true, AccountRemoval.Unknown)]
    public async Task Remove_OfTheOnlyAdmin_IsDoneWherePeopleComeInByOtherWays(string name, bool mayBeLast, AccountRemoval expected)
    {
        var session = await SetUpAsync("ann");

        var outcome = await AuditedAsync(name, () => accounts.RemoveAsync(name, mayBeLast));

        var isGone = expected == AccountRemoval.Removed;
        Assert.Equal((expected, !isGone), (outcome, await accounts.HasAnyAsync()));
        Assert.Equal([!isGone], await AreGoodAsync(session));
        Assert.Equal(isGone ? 1 : 0, (await new AuditTable(catalog.Database).ListAsync(new AuditQuery())).Count);
    }

    [Fact]
    public async Task Remove_BothAdminsAtOnce_LeavesOne()
    {
        await SetUpAsync("ann");
        await SetUpAsync("bob");

        var outcomes = await Task.WhenAll(accounts.RemoveAsync("ann", mayBeLast: false), accounts.RemoveAsync("bob", mayBeLast: false));

        Assert.Equal([AccountRemoval.Removed, AccountRemoval.LastAdmin], outcomes.Order());
        Assert.Single(await accounts.ListAsync());
    }

    [Fact]
    public async Task SetUp_OfAnAccountThatIsThere_EndsItsOlderSessions()
    {
        var older = await SetUpAsync("ann");
        var others = await SetUpAsync("bob");
        var newer = await SetUpAsync("ann");

        Assert.Equal([false, true, true], await AreGoodAsync(older, others, newer));
    }

    [Fact]
    public async Task List_LockedAccount_SaysUntilWhen()
    {
        await SetUpAsync("ann");
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(await accounts.LogInAsync("ann", "wrong", Open));
        }

        var account = Assert.Single(await accounts.ListAsync());
        Assert.Equal((Role.Admin, clock.GetUtcNow(), (DateTimeOffset?)clock.GetUtcNow().AddMinutes(15)), (account.Grants.Role, account.CreatedAt, account.LockedUntil));
        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(Assert.Single(await accounts.ListAsync()).LockedUntil);
    }

    /// <summary>Many guesses at once would else all be good that were begun before the fifth of them was counted.</summary>
    [Fact]
    public async Task LogIn_RightPasswordOfAnAccountThatIsLockedMeanwhile_IsNotLetIn()
    {
        await SetUpAsync("ann");
        using var hasher = new HeldHasher();
        using var desk = new PasswordDesk(hasher);
        var guess = new AccountTable(catalog.Database, desk, clock).LogInAsync("ann", Password, Open);
        await hasher.Reached;
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(await accounts.LogInAsync("ann", "wrong", Open));
        }

        hasher.Release();

        Assert.Null(await guess);
        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.NotNull(await accounts.LogInAsync("ann", Password, Open));
    }

    [Fact]
    public async Task LogIn_PasswordThatWasReplacedMeanwhile_IsNotLetIn()
    {
        await SetUpAsync("ann");
        using var hasher = new HeldHasher();
        using var desk = new PasswordDesk(hasher);
        var guess = new AccountTable(catalog.Database, desk, clock).LogInAsync("ann", Password, Open);
        await hasher.Reached;
        await SetUpAsync("ann");
        hasher.Release();

        Assert.Null(await guess);
    }

    /// <summary>The password was right when it was looked at.</summary>
    [Fact]
    public async Task LogIn_AccountThatGoesBeforeTheSessionIsStored_OpensNone()
    {
        await SetUpAsync("ann");
        var removal = Task.FromResult(AccountRemoval.Unknown);
        CredentialRow? opened = null;

        var session = await accounts.LogInAsync("ann", Password, grants =>
        {
            removal = accounts.RemoveAsync("ann", mayBeLast: true);
            return opened = Open(grants);
        });

        Assert.Equal(AccountRemoval.Removed, await removal);
        Assert.Null(session);
        Assert.Equal([false], await AreGoodAsync(opened!.CredentialId));
    }

    public void Dispose()
    {
        passwords.Dispose();
        catalog.Dispose();
    }

    /// <summary>As a call that the gate let in.</summary>
    private static async Task<AccountRemoval> AuditedAsync(string name, Func<Task<AccountRemoval>> act)
    {
        PendingAudit.Current = new PendingAudit(new AuditEntry { Actor = "eve", Action = "account.remove", Target = name, Decision = AuditDecision.Allowed });
        try
        {
            return await act();
        }
        finally
        {
            PendingAudit.Current = null;
        }
    }

    /// <summary>Credential of the session.</summary>
    private async Task<string> SetUpAsync(string name)
    {
        await accounts.AddCodeAsync($"code of {name}", TimeSpan.FromMinutes(15));
        var session = credentials.NewSession(CredentialKind.PasswordSession, name, Grants.Everything, TimeSpan.FromHours(8));
        Assert.True(await accounts.SetUpAsync($"code of {name}", name, Password, session));
        return session.CredentialId;
    }

    private CredentialRow Open(Grants grants) => credentials.NewSession(CredentialKind.PasswordSession, "ann", grants, TimeSpan.FromHours(8));

    private async Task<List<bool>> AreGoodAsync(params string[] ids)
    {
        credentials.Forget();
        var good = new List<bool>();
        foreach (var id in ids)
        {
            good.Add(await credentials.FindGoodAsync(id) is not null);
        }

        return good;
    }
}

public sealed class AccountTableOnSqliteTests() : AccountTableTests(CatalogKind.Sqlite);

public sealed class AccountTableOnPostgresTests() : AccountTableTests(CatalogKind.Postgres);
