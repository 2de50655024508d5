using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

public sealed class PeoplePageTests : BunitContext
{
    [Theory]
    [InlineData(CredentialKind.OidcSession, "https://login.example/realms/company", "248289761001", "identity provider, login.example, subject 248289761001")]
    [InlineData(CredentialKind.OidcSession, "http://127.0.0.1:8080/", "1", "identity provider, 127.0.0.1:8080, subject 1")]
    [InlineData(CredentialKind.OidcSession, "company", "<b>cleo</b>", "identity provider, company, subject <b>cleo</b>")]
    [InlineData(CredentialKind.OidcSession, "", "", "identity provider")]
    [InlineData(CredentialKind.PasswordSession, "", "", "password")]
    public void Session_OfAnIdentityProvider_SaysWhichOneAndWhoItIsThere(CredentialKind kind, string issuer, string subject, string shown)
    {
        var cluster = PlayedGrains.Cluster((_, _) => Task.FromResult<IReadOnlyList<Credential>>(
            [new() { CredentialId = "0123456789abcdef", Kind = kind, Name = "cleo", Issuer = issuer, Subject = subject }]));
        Services.AddSingleton(cluster);
        Services.AddSingleton(new SessionVerifier(cluster, TimeProvider.System));

        var cell = Render<PeoplePage>().FindAll(".people tbody td")[1];

        Assert.Equal(shown, cell.TextContent);
        Assert.Equal(issuer.Length > 0 ? issuer : null, cell.GetAttribute("title"));
    }
}
