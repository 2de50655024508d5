using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access;

/// <summary>Issues and checks login codes and API tokens of the embedded silo.</summary>
internal sealed partial class AccessGrain(
    [PersistentState("access", "catalog")] IPersistentState<AccessState> stored,
    TimeProvider clock,
    ILogger<AccessGrain> logger) : Grain, IAccessGrain
{
    private static readonly TimeSpan LoginCodeLife = TimeSpan.FromHours(24);

    /// <summary>A caller that only issues and never redeems must not grow the row; the oldest codes go first.</summary>
    private const int MaxLoginCodes = 100;
    private const int MaxNameLength = 64;

    // Who may ask for a code or token of the embedded silo owns the machine: there is one role so far.
    private static readonly IReadOnlyList<string> Roles = ["admin"];

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
            LogCodeRefused();
            return null;
        }

        // Used up before anybody is let in: a crash in between costs a code, never lets one work twice.
        await SaveAsync(stored.State with { LoginCodes = [.. codes.Where((_, i) => i != index)] });
        return new AccessPrincipal { Name = "admin", Roles = Roles };
    }

    public async Task<string> IssueApiTokenAsync(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength)
        {
            throw new ArgumentException($"A token name has 1 to {MaxNameLength} characters.", nameof(name));
        }

        var token = Secret.Create("fp_");
        var issued = new ApiToken { Name = name, Sha256 = Secret.Hash(token), IssuedAt = clock.GetUtcNow() };
        await SaveAsync(stored.State with { ApiTokens = [.. stored.State.ApiTokens.Where(other => other.Name != name), issued] });
        LogTokenIssued(name);
        return token;
    }

    public Task<AccessPrincipal?> VerifyApiTokenAsync(string token)
    {
        var tokens = stored.State.ApiTokens;
        var index = Secret.IndexOf([.. tokens.Select(known => known.Sha256)], Secret.Hash(token));
        return Task.FromResult(index < 0 ? null : new AccessPrincipal { Name = tokens[index].Name, Roles = Roles });
    }

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
