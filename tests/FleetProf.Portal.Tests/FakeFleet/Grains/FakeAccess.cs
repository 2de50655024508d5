using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Knows one fixed token and login codes that work once.</summary>
internal sealed class FakeAccess(FakeWorld world) : Grain, IAccessGrain
{
    public const string Token = "fpp_test-token";

    /// <summary>Works any number of times, for visual work.</summary>
    public const string ReusableCode = "fake";

    private static readonly AccessPrincipal Admin = new() { Name = "tester", Roles = ["admin"] };

    public Task<string> IssueLoginCodeAsync()
    {
        var code = $"code-{world.NextNumber()}";
        world.LoginCodes[code] = true;
        return Task.FromResult(code);
    }

    public Task<AccessPrincipal?> RedeemLoginCodeAsync(string code) =>
        Task.FromResult(code == ReusableCode || world.LoginCodes.TryRemove(code, out _) ? Admin : null);

    public Task<string> IssueApiTokenAsync(string name)
    {
        var token = $"fpp_{name}-{world.NextNumber()}";
        world.Tokens[name] = token;
        return Task.FromResult(token);
    }

    public Task<AccessPrincipal?> VerifyApiTokenAsync(string token)
    {
        var name = world.Tokens.FirstOrDefault(pair => pair.Value == token).Key;
        return Task.FromResult(token == Token ? Admin : name is null ? null : new AccessPrincipal { Name = name, Roles = ["admin"] });
    }
}
