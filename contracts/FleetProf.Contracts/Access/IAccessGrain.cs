namespace FleetProf.Contracts.Access;

/// <summary>Login codes and API tokens; only their hashes are kept. Key: "local".</summary>
[Alias("fleetprof.access")]
public interface IAccessGrain : IGrainWithStringKey
{
    /// <summary>A one-time code, valid for 24 hours on the embedded silo.</summary>
    [Alias("issue-login-code")]
    Task<string> IssueLoginCodeAsync();

    /// <summary>Null when the code is unknown, used or expired.</summary>
    [Alias("redeem-login-code")]
    Task<AccessPrincipal?> RedeemLoginCodeAsync(string code);

    /// <summary>A new token; an earlier token of the same name stops working.</summary>
    [Alias("issue-api-token")]
    Task<string> IssueApiTokenAsync(string name);

    /// <summary>Null when the token is unknown. An empty one is no attempt, and nothing is told of it: portals ask so whether a silo answers. Looks at no state of the grain, so that nobody waits until somebody else's token is looked up.</summary>
    [Alias("verify-api-token"), Orleans.Concurrency.AlwaysInterleave]
    Task<AccessPrincipal?> VerifyApiTokenAsync(string token);
}
