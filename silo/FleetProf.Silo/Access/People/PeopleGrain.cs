using System.Globalization;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using Orleans.Concurrency;

namespace FleetProf.Silo.Access.People;

/// <summary>Sessions, API tokens and local accounts. The gate has looked at the caller before; its truth is the catalog, so any silo may answer.</summary>
[StatelessWorker]
internal sealed class PeopleGrain(CredentialTable credentials, AccountTable accounts, NamelessRefusals nameless) : Grain, IPeopleGrain
{
    public const int LongestName = 64;

    private const int ShortestPassword = 12;
    private const int LongestPassword = 256;
    private const int LongestIssuer = 200;
    private const int LongestSubject = 255;
    private static readonly TimeSpan SetupLife = TimeSpan.FromMinutes(15);

    public static TimeSpan SessionLife { get; } = TimeSpan.FromHours(8);

    private static Caller? Caller => RequestContext.Get(Contracts.Access.Caller.Key) as Caller;

    public async Task<AccessPrincipal?> FindAsync(string credentialId) => (await credentials.FindGoodAsync(credentialId))?.ToPrincipal();

    public async Task<ApiTokenCreation> CreateTokenAsync(ApiTokenRequest request)
    {
        var grants = new Grants { Role = request.Role, Services = request.Services };
        var maker = Caller is { } caller ? await credentials.FindGoodAsync(caller.CredentialId) : null;
        if (ProblemOf(request) is { } problem)
        {
            return new ApiTokenCreation { Problem = problem };
        }

        if (maker is null || !maker.Grants.Include(grants))
        {
            return new ApiTokenCreation { Problem = "Nobody can give a token more than they have themselves." };
        }

        var token = ApiTokenText.Create();
        var row = credentials.NewToken(token, request.Name, grants, maker.Name, TimeSpan.FromDays(request.LifeDays));
        PendingAudit.Current?.Name(token.Id);
        PendingAudit.Current?.Give(grants, string.Create(CultureInfo.InvariantCulture, $"'{request.Name}' for {request.LifeDays} days"));
        await credentials.AddAsync(row);
        return new ApiTokenCreation { TokenId = token.Id, Token = token.Reveal(), ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresAt) };
    }

    public Task<IReadOnlyList<Credential>> ListAsync(CancellationToken cancellationToken = default) => credentials.ListAsync(cancellationToken);

    public Task<bool> RevokeAsync(string credentialId) => credentials.RevokeAsync(credentialId);

    public Task LogOutAsync() => Caller is { } caller ? credentials.RevokeAsync(caller.CredentialId) : Task.CompletedTask;

    public async Task<AccessPrincipal> OpenSessionAsync(SessionRequest request)
    {
        var (issuer, subject) = (ProvidedName.Visible(request.Issuer, LongestIssuer), ProvidedName.Visible(request.Subject, LongestSubject));
        var session = credentials.NewSession(CredentialKind.OidcSession, await CalledAsync(request), request.Grants, SessionLife, (issuer, subject));
        Tell(session.Name, request.Address, session);
        if (subject.Length > 0)
        {
            // A name may go to somebody else one day.
            PendingAudit.Current?.Explain("", $"Identity provider {issuer}, subject {subject}.");
        }

        await credentials.AddAsync(session);
        return session.ToPrincipal();
    }

    public async Task TurnAwayAsync(string name, string address, string reason)
    {
        // A name comes from the provider; without one anybody comes, as often as he likes.
        if ((name.Length > 0 ? reason : nameless.Take("login.by-oidc", address, reason)) is { } told)
        {
            PendingAudit.Current?.Refuse(name.Length > 0 ? await CalledAsync(new SessionRequest { Name = name, Grants = Grants.None }) : "", address, told);
        }
    }

    public async Task<string> IssueSetupCodeAsync()
    {
        var code = Secret.Create("");
        await accounts.AddCodeAsync(Convert.ToHexStringLower(Secret.Hash(code)), SetupLife);
        return code;
    }

    public Task<bool> HasAccountAsync() => accounts.HasAnyAsync();

    public Task<IReadOnlyList<LocalAccount>> ListAccountsAsync(CancellationToken cancellationToken = default) => accounts.ListAsync(cancellationToken);

    public async Task<AccountRemoval> RemoveAccountAsync(string name, bool mayBeLast)
    {
        var outcome = await accounts.RemoveAsync(name, mayBeLast);
        credentials.Forget();
        return outcome;
    }

    public async Task<AccessPrincipal?> SetUpAsync(string code, string name, string password, string address)
    {
        if (!IsName(name) || password.Length is < ShortestPassword or > LongestPassword)
        {
            throw new ArgumentException($"A name has 1 to {LongestName} characters, a password {ShortestPassword} to {LongestPassword}.", nameof(name));
        }

        var session = credentials.NewSession(CredentialKind.PasswordSession, name, Grants.Everything, SessionLife);
        Tell(name, address, session);
        if (await InTurnAsync(accounts.SetUpAsync(Convert.ToHexStringLower(Secret.Hash(code)), name, password, session)))
        {
            credentials.Forget();
            return session.ToPrincipal();
        }

        PendingAudit.Current?.Refuse(name, address, nameless.Take("account.set-up", address, "The set-up link was used before or has expired."));
        return null;
    }

    public async Task<AccessPrincipal?> LogInAsync(string name, string password, string address)
    {
        var session = IsName(name) && password.Length <= LongestPassword ? await InTurnAsync(accounts.LogInAsync(name, password, Open)) : null;
        if (session is null)
        {
            await RefuseLoginAsync(name, address);
        }

        return session?.ToPrincipal();

        CredentialRow Open(Grants grants)
        {
            var opened = credentials.NewSession(CredentialKind.PasswordSession, name, grants, SessionLife);
            Tell(name, address, opened);
            return opened;
        }
    }

    /// <summary>Who tries the passwords of an account has rows beside those of strangers, who make up names as they like.</summary>
    private async Task RefuseLoginAsync(string name, string address)
    {
        var way = IsName(name) && await accounts.FindAsync(name) is not null ? $"account {name}" : "login.by-password";
        PendingAudit.Current?.Refuse(ProvidedName.Visible(name, LongestName), address, nameless.Take(way, address, "Name or password are wrong, or the account is locked."));
    }

    /// <summary>Who is sent away before anything was looked at has no row: that would be one write for each of a flood.</summary>
    private static async Task<T> InTurnAsync<T>(Task<T> asked)
    {
        try
        {
            return await asked;
        }
        catch (GatewayTooBusyException)
        {
            PendingAudit.Current?.TryTake();
            throw;
        }
    }

    private async Task<string> CalledAsync(SessionRequest request) => ProvidedName.Of(request, (await accounts.ListAsync()).Select(account => account.Name));

    /// <summary>Who comes in is not who calls: the portal calls for somebody who has no session yet.</summary>
    private static void Tell(string name, string address, CredentialRow session) => PendingAudit.Current?.Act(name, address, session.CredentialId, (Role)session.Role);

    private static string? ProblemOf(ApiTokenRequest request) => request switch
    {
        _ when !IsName(request.Name) => $"A token's name has 1 to {LongestName} characters.",
        { LifeDays: < 1 or > ApiTokenRequest.LongestLifeDays } => $"A token lives 1 to {ApiTokenRequest.LongestLifeDays} days.",
        { Role: < Role.Viewer or > Role.Admin } => "A token's role is viewer, operator or admin.",
        { Services.Count: 0 or > 100 } => "Give 1 to 100 services, or \"*\" for all.",
        _ when request.Services.Any(service => service.Length is 0 or > 256 || service.Any(char.IsControl)) => "A service has 1 to 256 characters.",
        _ => null,
    };

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl);
}
