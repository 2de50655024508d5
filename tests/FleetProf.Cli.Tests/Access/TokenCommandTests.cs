using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Tests.Access;

public sealed class TokenCommandTests : IDisposable
{
    private readonly StubPortal _portal = new();

    public void Dispose() => _portal.Dispose();

    [Fact]
    public async Task List_SessionOfAnIdentityProvider_SaysWhichOneAndWhoItIsThere()
    {
        _portal.On("GET /api/v1/tokens", new[]
        {
            new Credential { CredentialId = "0123456789abcdef", Kind = CredentialKind.OidcSession, Name = "cleo", Issuer = "https://login.example/realms/company", Subject = "248289\u001b[2J" },
        });

        var run = await CliRun.OfAsync(_portal, "token", "list");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("https://login.example/realms/company", run.Out, StringComparison.Ordinal);
        Assert.Contains("248289", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out);
    }
}
