using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace FleetProf.Silo.Tests.Access.People;

/// <summary>Strangers from many addresses who try to come in, behind the gate: what stays of it in the audit log and in the silo's own.</summary>
public sealed class LoginRefusalsTests : IAsyncLifetime
{
    private const int Tries = 200;
    private const string Password = "correct horse battery";
    private const string ByPassword = "login.by-password";

    // Starts now: Orleans takes the same TimeProvider.
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly TemporaryCatalog catalog = new();
    private readonly RecordedLog<CallGate> log = new();
    private InProcessTestCluster cluster = null!;

    private IPeopleGrain People => cluster.Client.GetGrain<IPeopleGrain>(0);

    public async ValueTask InitializeAsync()
    {
        cluster = OneSilo.WithPeople(catalog, clock, silo =>
        {
            silo.Services.AddSingleton(_ => new PasswordDesk(new QuickHasher()));
            silo.Services.AddSingleton<CaptureTable>();
            silo.Services.AddSingleton<CallSubjects>();
            silo.Services.AddSingleton<ILogger<CallGate>>(log);
            silo.Services.AddSingleton<IIncomingGrainCallFilter, CallGate>();
        }).Build();
        await cluster.DeployAsync();
    }

    [Fact]
    public async Task LogIn_NamesThatNobodyHas_HaveRowsUpToTheCeilingThatCountTheRest()
    {
        for (var i = 0; i < Tries; i++)
        {
            ServeStranger(i);
            Assert.Null(await People.LogInAsync(i % 2 == 0 ? $"nobody {i}" : "", "guess", AddressOf(i)));
        }

        var rows = await RowsAsync(ByPassword);
        Assert.Equal(RefusalBudget.RowsPerMinute, rows.Count);
        Assert.All(rows, row => Assert.Equal((AuditDecision.Denied, "Name or password are wrong, or the account is locked."), (row.Decision, row.Reason)));
        clock.Advance(TimeSpan.FromMinutes(1));
        ServeStranger(0);
        Assert.Null(await People.LogInAsync("nobody", "guess", AddressOf(0)));
        Assert.Contains($"So were {Tries - RefusalBudget.RowsPerMinute} more", (await RowsAsync(ByPassword))[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedeemLoginCode_CodesThatAreNotGood_HaveRowsUpToTheCeiling()
    {
        for (var i = 0; i < Tries; i++)
        {
            ServeStranger(i);
            Assert.Null(await cluster.Client.GetGrain<IAccessGrain>("local").RedeemLoginCodeAsync("x"));
        }

        var rows = await RowsAsync("login.by-link");
        Assert.Equal(RefusalBudget.RowsPerMinute, rows.Count);
        Assert.All(rows, row => Assert.Equal(AuditDecision.Denied, row.Decision));
    }

    [Fact]
    public async Task SetUp_CodesThatAreNotGood_HaveRowsUpToTheCeiling()
    {
        for (var i = 0; i < Tries; i++)
        {
            ServeStranger(i);
            Assert.Null(await People.SetUpAsync("x", "ann", Password, AddressOf(i)));
        }

        var rows = await RowsAsync("account.set-up");
        Assert.Equal(RefusalBudget.RowsPerMinute, rows.Count);
        Assert.All(rows, row => Assert.Equal(AuditDecision.Denied, row.Decision));
    }

    /// <summary>Nobody hides an attack on an account in the noise of names that he makes up, or of attacks on another.</summary>
    [Fact]
    public async Task LogIn_WrongPasswordOfAnAccount_HasItsRowsWhateverElseIsTried()
    {
        foreach (var name in new[] { "ann", "bob" })
        {
            ServeStranger(0);
            Assert.NotNull(await People.SetUpAsync(await People.IssueSetupCodeAsync(), name, Password, ""));
        }

        for (var i = 0; i < Tries; i++)
        {
            ServeStranger(i);
            Assert.Null(await People.LogInAsync("nobody", "guess", AddressOf(i)));
            Assert.Null(await People.LogInAsync("bob", "guess", AddressOf(i)));
        }

        ServeStranger(0);
        for (var i = 0; i < 2 * RefusalBudget.RowsPerAddress; i++)
        {
            Assert.Null(await People.LogInAsync("ann", "guess", AddressOf(0)));
        }

        var denied = (await RowsAsync(ByPassword)).ToLookup(row => row.Actor);
        Assert.Equal(
            (RefusalBudget.RowsPerAddress, RefusalBudget.RowsPerMinute, RefusalBudget.RowsPerMinute), (denied["ann"].Count(), denied["bob"].Count(), denied["nobody"].Count()));
    }

    [Fact]
    public async Task LogIn_NameWithLineBreaks_ForgesNoLine()
    {
        ServeStranger(0);

        Assert.Null(await People.LogInAsync("x\nforged \u001b[2J", "guess", AddressOf(0)));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => People.RevokeAsync("x\nforged"));

        Assert.Equal("xforged [2J", Assert.Single(await RowsAsync(ByPassword)).Actor);
        Assert.Equal(2, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.DoesNotContain(line, character => char.IsControl(character)));
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        catalog.Dispose();
    }

    private static string AddressOf(int i) => $"203.0.113.{i}";

    /// <summary>From here on the portal calls for whoever is there.</summary>
    private static void ServeStranger(int i) => RequestContext.Set(Caller.Key, Caller.Portal with { Address = AddressOf(i) });

    private Task<IReadOnlyList<AuditEntry>> RowsAsync(string action) => new AuditTable(catalog.Database).ListAsync(new AuditQuery { Action = action, OldestFirst = true, Limit = 1_000 });

    /// <summary>The real one is slow on purpose.</summary>
    private sealed class QuickHasher : IPasswordHasher<string>
    {
        public string HashPassword(string user, string password) => password;

        public PasswordVerificationResult VerifyHashedPassword(string user, string hashedPassword, string providedPassword) =>
            hashedPassword == providedPassword ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;
    }
}
