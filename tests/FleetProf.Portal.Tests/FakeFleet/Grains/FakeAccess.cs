using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Knows one fixed token and login codes that work once.</summary>
internal sealed class FakeAccess(FakeWorld world) : Grain, IAccessGrain
{
    public const string Token = "fpp_test-token";

    /// <summary>Works any number of times, for visual work.</summary>
    public const string ReusableCode = "fake";

    /// <summary>Tokens of the matrix by what they may do.</summary>
    public static readonly IReadOnlyDictionary<string, Grants> RoleTokens = new Dictionary<string, Grants>
    {
        ["fpp_viewer"] = new() { Role = Role.Viewer, Services = [Grants.AllServices] },
        ["fpp_operator"] = new() { Role = Role.Operator, Services = [Grants.AllServices] },
        ["fpp_limited-viewer"] = new() { Role = Role.Viewer, Services = ["checkout"] },
        ["fpp_limited-operator"] = new() { Role = Role.Operator, Services = ["checkout"] },
        ["fpp_limited-admin"] = new() { Role = Role.Admin, Services = ["checkout", "held-own"] },
        ["fpp_nothing"] = Grants.None,
    };

    private static readonly AccessPrincipal Admin = new() { Name = "tester", Roles = ["admin"], CredentialId = "tester", Grants = Grants.Everything, ExpiresAt = DateTimeOffset.MaxValue };

    public Task<string> IssueLoginCodeAsync()
    {
        var code = $"code-{world.NextNumber()}";
        world.LoginCodes[code] = true;
        return Task.FromResult(code);
    }

    public Task<AccessPrincipal?> RedeemLoginCodeAsync(string code) =>
        Task.FromResult(code == ReusableCode || world.LoginCodes.TryRemove(code, out _) ? RoleTokens.TryGetValue(code, out var grants) ? Admin with { Name = code, CredentialId = code, Grants = grants } : code.StartsWith("session-", StringComparison.Ordinal) ? Admin with { CredentialId = code } : Admin : null);

    public Task<string> IssueApiTokenAsync(string name)
    {
        var token = $"fpp_{name}-{world.NextNumber()}";
        world.Tokens[name] = token;
        return Task.FromResult(token);
    }

    public Task<AccessPrincipal?> VerifyApiTokenAsync(string token)
    {
        var name = world.Tokens.FirstOrDefault(pair => pair.Value == token).Key;
        return Task.FromResult(token == Token ? Admin
            : RoleTokens.TryGetValue(token, out var grants) ? Admin with { Name = token, CredentialId = token, Grants = grants }
            : name is null ? null
            : Admin with { Name = name, CredentialId = name, ExpiresAt = world.TokenEnds.GetValueOrDefault(name, DateTimeOffset.MaxValue) });
    }
}
