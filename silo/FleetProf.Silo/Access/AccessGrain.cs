using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.People;

namespace FleetProf.Silo.Access;

/// <summary>Issues and checks login codes and API tokens of the embedded silo.</summary>
internal sealed partial class AccessGrain(
    [PersistentState("access", "catalog")] IPersistentState<AccessState> stored,
    CredentialTable credentials,
    TimeProvider clock,
    ILogger<AccessGrain> logger) : Grain, IAccessGrain
{
    private static readonly TimeSpan LoginCodeLife = TimeSpan.FromHours(24);

    /// <summary>A caller that only issues and never redeems must not grow the row; the oldest codes go first.</summary>
    private const int MaxLoginCodes = 100;
    private const int MaxNameLength = 64;

    private readonly RefusalBudget unknownTokens = new(clock);

    private readonly RefusalBudget unknownCodes = new(clock);

    /// <summary>A program that was forgotten asks with its token until somebody stops it: by the hour.</summary>
    private readonly RefusalBudget endedTokens = new(clock, window: TimeSpan.FromHours(1));

    /// <summary>The portal's own token, in the file of its machine's user.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromDays(ApiTokenRequest.LongestLifeDays);

    public async Task<string> IssueLoginCodeAsync()
    {
        var now = clock.GetUtcNow();
        var code = Secret.Create("");
        var issued = new LoginCode { Sha256 = Secret.Hash(code), ExpiresAt = now + LoginCodeLife };
        var usable = stored.State.LoginCodes.Where(other => other.ExpiresAt > now).TakeLast(MaxLoginCodes - 1);
        await SaveAsync(stored.State with { LoginCodes = [.. usable, issued] });
        return code;
    }

    public async Task<AccessPrincipal?> RedeemLoginCodeAsync(string code)
    {
        var codes = stored.State.LoginCodes;
        var index = Secret.IndexOf([.. codes.Select(known => known.Sha256)], Secret.Hash(code));
        if (index < 0 || codes[index].ExpiresAt <= clock.GetUtcNow())
        {
            var address = AddressOfCaller();
            var reason = unknownCodes.Take(AddressKey.Of(address), "The login link is unknown, was used before or has expired.");
            if (reason is not null)
            {
                LogCodeRefused();
            }

            PendingAudit.Current?.Refuse("", address, reason);
            return null;
        }

        // Who may ask for a code of the embedded silo owns the machine.
        var session = credentials.NewSession(CredentialKind.LinkSession, "admin", Grants.Everything, PeopleGrain.SessionLife);
        PendingAudit.Current?.Act(session.Name, AddressOfCaller(), session.CredentialId, Role.Admin);

        // Used up before anybody is let in: a crash in between costs a code, never lets one work twice.
        await SaveAsync(stored.State with { LoginCodes = [.. codes.Where((_, i) => i != index)] });
        await credentials.AddAsync(session);
        return session.ToPrincipal();
    }

    public async Task<string> IssueApiTokenAsync(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength)
        {
            throw new ArgumentException($"A token name has 1 to {MaxNameLength} characters.", nameof(name));
        }

        var token = ApiTokenText.Create();
        PendingAudit.Current?.Name(token.Id);
        await credentials.ReplaceAsync(credentials.NewToken(token, name, Grants.Everything, "portal", TokenLife));
        LogTokenIssued(name);
        return token.Reveal();
    }

    public async Task<AccessPrincipal?> VerifyApiTokenAsync(string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        if (ApiTokenText.Parse(token) is not { } parsed || await credentials.FindAsync(parsed.Id) is not { Kind: (long)CredentialKind.ApiToken } row || !parsed.Fits(row.SecretHash))
        {
            var address = AddressOfCaller();
            if (unknownTokens.Take(AddressKey.Of(address), "The API token is unknown.") is { } reason)
            {
                PendingAudit.Current?.Refuse("", address, reason);
            }

            return null;
        }

        if (!row.IsGoodAt(clock.GetUtcNow()))
        {
            if (endedTokens.Take(row.CredentialId, row.RevokedAt is null ? "The API token has expired." : "The API token was revoked.") is { } reason)
            {
                PendingAudit.Current?.Refuse(row.Name, AddressOfCaller(), reason);
            }

            return null;
        }

        credentials.Use(row);
        return row.ToPrincipal();
    }

    private static string AddressOfCaller() => (RequestContext.Get(Caller.Key) as Caller)?.Address ?? "";

    private async Task SaveAsync(AccessState next)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // Whether it was written is unknown: only a fresh read tells.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A login code was refused: unknown, used or expired")]
    private partial void LogCodeRefused();

    [LoggerMessage(Level = LogLevel.Information, Message = "An API token was issued for {Name}")]
    private partial void LogTokenIssued(string name);
}
