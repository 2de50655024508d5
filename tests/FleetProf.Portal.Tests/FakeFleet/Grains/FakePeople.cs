using FleetProf.Contracts;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Every session goes on until a test ends it; one account with one password.</summary>
internal sealed class FakePeople(FakeWorld world) : Grain, IPeopleGrain
{
    public const string Password = "correct horse battery";
    public const string SetupCode = "set-up-code";

    /// <summary>Whose password no silo has time for.</summary>
    public const string Unlucky = "nobody has time for me";

    private static readonly AccessPrincipal Admin = new() { Name = "tester", CredentialId = "tester", Grants = Grants.Everything, ExpiresAt = DateTimeOffset.MaxValue };

    private static readonly Credential Token = new()
    {
        CredentialId = "0123456789abcdef", Kind = CredentialKind.ApiToken, Name = "pipeline", Grants = new() { Role = Role.Operator, Services = ["checkout"] }, CreatedBy = "ann",
        CreatedAt = DateTimeOffset.UnixEpoch.AddDays(20_000), ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(40_000),
    };

    public Task<AccessPrincipal?> FindAsync(string credentialId) => world.UnseenSessions.ContainsKey(credentialId) ? throw CatalogOutage.Of("PostgreSQL fleetprof at db.internal does not answer.")
        : Task.FromResult(world.EndedSessions.ContainsKey(credentialId) ? null
        : FakeAccess.RoleTokens.TryGetValue(credentialId, out var grants) ? Admin with { Name = credentialId, CredentialId = credentialId, Grants = grants }
        : Admin with { CredentialId = credentialId });

    public Task<ApiTokenCreation> CreateTokenAsync(ApiTokenRequest request) => Task.FromResult(request.LifeDays > ApiTokenRequest.LongestLifeDays
        ? new ApiTokenCreation { Problem = "A token lives 1 to 90 days." }
        : new ApiTokenCreation { TokenId = Token.CredentialId, Token = $"fpp_{Token.CredentialId}_secret", ExpiresAt = Token.ExpiresAt });

    public Task<IReadOnlyList<Credential>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<Credential>>([Token]);

    public Task<bool> RevokeAsync(string credentialId)
    {
        if (credentialId == Token.CredentialId)
        {
            world.EndedSessions[credentialId] = true;
        }

        return Task.FromResult(credentialId == Token.CredentialId);
    }

    public Task LogOutAsync() => RequestContext.Get(Caller.Key) is Caller caller && world.LastingSessions.ContainsKey(caller.CredentialId)
        ? throw new SiloUnavailableException("The database is away.")
        : Task.CompletedTask;

    public Task<AccessPrincipal> OpenSessionAsync(SessionRequest request)
    {
        world.ProvidedSessions.Enqueue(request);
        return Task.FromResult(Admin with { Name = request.Name, CredentialId = $"oidc-{request.Name}", Grants = request.Grants });
    }

    public Task TurnAwayAsync(string name, string address, string reason)
    {
        world.Refusals.Enqueue(("login.by-oidc", name, "", reason));
        return Task.CompletedTask;
    }

    public Task<string> IssueSetupCodeAsync() => Task.FromResult(SetupCode);

    public Task<bool> HasAccountAsync() => Task.FromResult(true);

    public Task<IReadOnlyList<LocalAccount>> ListAccountsAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<LocalAccount>>(
        [new() { Name = "ann", Grants = Grants.Everything, CreatedAt = DateTimeOffset.UnixEpoch.AddDays(20_000) }]);

    public Task<AccountRemoval> RemoveAccountAsync(string name, bool mayBeLast) =>
        Task.FromResult(name != "ann" ? AccountRemoval.Unknown : mayBeLast ? AccountRemoval.Removed : AccountRemoval.LastAdmin);

    public Task<AccessPrincipal?> SetUpAsync(string code, string name, string password, string address) =>
        Task.FromResult(code == SetupCode ? Admin with { Name = name } : null);

    public Task<AccessPrincipal?> LogInAsync(string name, string password, string address)
    {
        world.PasswordLogins.Enqueue((name, address));
        return name == Unlucky ? throw new GatewayTooBusyException("Too many passwords are looked at already.") : Task.FromResult(password == Password ? Admin with { Name = name } : null);
    }
}
