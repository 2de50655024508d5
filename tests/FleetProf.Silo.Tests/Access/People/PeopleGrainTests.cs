using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace FleetProf.Silo.Tests.Access.People;

/// <summary>People of an identity provider beside local accounts; each call has a row of the audit log, as behind the gate.</summary>
public sealed class PeopleGrainTests : IAsyncLifetime
{
    private const string Issuer = "https://login.example/realms/company";

    // Starts now: Orleans takes the same TimeProvider.
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly TemporaryCatalog catalog = new();
    private readonly HeldHasher hasher = new();
    private InProcessTestCluster cluster = null!;

    private IPeopleGrain People => cluster.Client.GetGrain<IPeopleGrain>(0);

    public async ValueTask InitializeAsync()
    {
        cluster = OneSilo.WithPeople(catalog, clock, silo =>
        {
            silo.Services.AddSingleton(_ => new PasswordDesk(hasher, places: 1));
            silo.AddIncomingGrainCallFilter(AuditAsync);
        }).Build();
        await cluster.DeployAsync();
    }

    [Fact]
    public async Task OpenSession_OfAPerson_KeepsWhoTheyAreThereWithTheSessionAndTheRow()
    {
        var session = await People.OpenSessionAsync(Request("bob"));

        var kept = Assert.Single(await People.ListAsync());
        Assert.Equal(("bob", Issuer, "1234"), (kept.Name, kept.Issuer, kept.Subject));
        var row = Assert.Single(await RowsAsync());
        Assert.Equal(("bob", session.CredentialId, AuditDecision.Allowed), (row.Actor, row.CredentialId, row.Decision));
        Assert.Equal($"Identity provider {Issuer}, subject 1234.", row.Reason);
    }

    [Fact]
    public async Task OpenSession_NameOfALocalAccount_IsNotTheAccounts()
    {
        var code = await People.IssueSetupCodeAsync();
        Assert.NotNull(await People.SetUpAsync(code, "ann", "correct horse battery", ""));

        var session = await People.OpenSessionAsync(Request("Ann"));

        Assert.Equal("Ann (login.example)", session.Name);
        Assert.Equal("Ann (login.example)", Assert.Single(await RowsAsync()).Actor);
    }

    /// <summary>Whoever tries passwords keeps nobody waiting who has a session.</summary>
    [Fact]
    public async Task Find_WhileEveryPlaceForPasswordsIsTaken_IsAnswered()
    {
        var session = await People.OpenSessionAsync(Request("bob"));
        var guesses = Enumerable.Range(0, PasswordDesk.MostWaiting + 1).Select(_ => People.LogInAsync("nobody", "guess", "")).ToList();
        await hasher.Reached;

        Assert.NotNull(await People.FindAsync(session.CredentialId));

        hasher.Release();
        Assert.All(await Task.WhenAll(guesses), principal => Assert.Null(principal));
    }

    public async ValueTask DisposeAsync()
    {
        hasher.Release();
        await cluster.DisposeAsync();
        hasher.Dispose();
        catalog.Dispose();
    }

    private static SessionRequest Request(string name) => new() { Name = name, Grants = Grants.Everything, Address = "10.0.0.7", Issuer = Issuer, Subject = "1234" };

    private static Task AuditAsync(IIncomingGrainCallContext call)
    {
        PendingAudit.Current = call.InterfaceMethod.DeclaringType == typeof(IPeopleGrain) ? new PendingAudit(new AuditEntry { Action = call.InterfaceMethod.Name, Decision = AuditDecision.Allowed }) : null;
        return call.Invoke();
    }

    private Task<IReadOnlyList<AuditEntry>> RowsAsync() => new AuditTable(catalog.Database).ListAsync(new AuditQuery { Action = nameof(IPeopleGrain.OpenSessionAsync) });
}
