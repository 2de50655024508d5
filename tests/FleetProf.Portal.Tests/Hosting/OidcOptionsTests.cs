using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FleetProf.Portal.Tests.Hosting;

/// <summary>What docs/guides/people.md says of groups and settings.</summary>
public sealed class OidcOptionsTests
{
    private static readonly OidcOptions Options = new()
    {
        Authority = "https://login.example",
        Groups =
        [
            new() { Name = "watchers", Role = Role.Viewer },
            new() { Name = "shop", Role = Role.Operator, Services = ["checkout", "shop-*"] },
            new() { Name = "payments", Role = Role.Operator, Services = ["payroll"] },
            new() { Name = "sre", Role = Role.Admin },
        ],
    };

    [Theory]
    [InlineData("", Role.None, "")]
    [InlineData("everybody", Role.None, "")]
    [InlineData("Watchers", Role.None, "")]
    [InlineData("watchers", Role.Viewer, "*")]
    [InlineData("shop", Role.Operator, "checkout,shop-*")]
    [InlineData("watchers,shop", Role.Operator, "checkout,shop-*")]
    [InlineData("shop,payments", Role.Operator, "checkout,shop-*,payroll")]
    [InlineData("payments,sre", Role.Admin, "*")]
    public void Grants_OfGroups_AreTheHighestRoleForTheServicesOfItsGroups(string groups, Role role, string services)
    {
        var grants = Options.GrantsOf(groups.Split(',', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((role, services), (grants.Role, string.Join(',', grants.Services)));
    }

    [Fact]
    public void Scopes_OfTheSettings_AreAskedForBesidesTheUsual() =>
        Assert.Equal(["openid", "profile", "email", "groups"], Read(("Authority", "https://login.example"), ("Scopes:0", "groups"), ("Groups:0:Name", "sre"), ("Groups:0:Role", "Admin")).Scopes);

    [Fact]
    public void Settings_WithoutGroupsOrTls_AreRefused()
    {
        Assert.StartsWith("FleetProf:Portal:Oidc:Groups:", ProblemOf(("Authority", "https://login.example")), StringComparison.Ordinal);
        Assert.StartsWith("FleetProf:Portal:Oidc:Authority:", ProblemOf(("Authority", "http://login.example"), ("Groups:0:Name", "sre"), ("Groups:0:Role", "Admin")), StringComparison.Ordinal);
    }

    private static string ProblemOf(params (string Key, string Value)[] settings) => Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(settings)).Failures);

    private static OidcOptions Read(params (string Key, string Value)[] settings) => PortalOptionsCheck.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(pair => $"{PortalOptions.Section}:Oidc:{pair.Key}", pair => (string?)pair.Value)).Build()).Oidc;
}
