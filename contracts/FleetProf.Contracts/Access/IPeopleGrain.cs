namespace FleetProf.Contracts.Access;

/// <summary>Sessions, API tokens and local accounts. Its truth is the catalog. Stateless; key 0.</summary>
[Alias("fleetprof.people")]
public interface IPeopleGrain : IGrainWithIntegerKey
{
    /// <summary>Who holds a credential and what it may do now. Null when its session or token has ended.</summary>
    [Alias("find")]
    Task<AccessPrincipal?> FindAsync(string credentialId);

    /// <summary>Made by whom the call carries, who cannot give more than they have.</summary>
    [Alias("create-token")]
    Task<ApiTokenCreation> CreateTokenAsync(ApiTokenRequest request);

    /// <summary>API tokens that work, then sessions that do, then what has not ended long ago, each newest first; 1,000 at most.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Credential>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends a session or an API token within seconds. False when unknown.</summary>
    [Alias("revoke")]
    Task<bool> RevokeAsync(string credentialId);

    /// <summary>Ends the caller's own session.</summary>
    [Alias("log-out")]
    Task LogOutAsync();

    /// <summary>A session for somebody whom the portal has authenticated, with the provider beside the name where that is somebody else's here.</summary>
    [Alias("open-session")]
    Task<AccessPrincipal> OpenSessionAsync(SessionRequest request);

    /// <summary>Tells that the portal turned somebody away who had authenticated with an identity provider.</summary>
    [Alias("turn-away")]
    Task TurnAwayAsync(string name, string address, string reason);

    /// <summary>A code that makes one local admin, good for 15 minutes and once. An earlier one ends.</summary>
    [Alias("issue-setup-code")]
    Task<string> IssueSetupCodeAsync();

    /// <summary>Whether there is any local account.</summary>
    [Alias("has-account")]
    Task<bool> HasAccountAsync();

    /// <summary>Local accounts by name.</summary>
    [Alias("list-accounts")]
    Task<IReadOnlyList<LocalAccount>> ListAccountsAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a local account and ends its sessions. API tokens that it made stay.</summary>
    /// <param name="name">Of the account.</param>
    /// <param name="mayBeLast">Whether people come in by other ways too: then the last local admin may go.</param>
    [Alias("remove-account")]
    Task<AccountRemoval> RemoveAccountAsync(string name, bool mayBeLast);

    /// <summary>Null when the code is not good any more; the account exists, with this password, a session of it is open, and earlier ones of that name have ended.</summary>
    /// <remarks>Interleaves, as <see cref="LogInAsync"/> does: what is slow on purpose keeps nobody else waiting.</remarks>
    /// <exception cref="Orleans.Runtime.GatewayTooBusyException">Too many passwords are looked at already; nothing was looked at.</exception>
    [Alias("set-up"), Orleans.Concurrency.AlwaysInterleave]
    Task<AccessPrincipal?> SetUpAsync(string code, string name, string password, string address);

    /// <summary>Null when name or password are wrong, or the account is locked after too many attempts.</summary>
    /// <exception cref="Orleans.Runtime.GatewayTooBusyException">Too many passwords are looked at already; nothing was looked at.</exception>
    [Alias("log-in"), Orleans.Concurrency.AlwaysInterleave]
    Task<AccessPrincipal?> LogInAsync(string name, string password, string address);
}
