using System.Text.Json;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Tests.Access;

public sealed class AccountCommandTests : IDisposable
{
    private readonly StubPortal _portal = new();

    public void Dispose() => _portal.Dispose();

    [Fact]
    public async Task List_ShowsNamesAndLocks()
    {
        var at = new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);
        _portal.On("GET /api/v1/accounts", new[] { new LocalAccount { Name = "ann\u001b[2J", Grants = Grants.Everything, CreatedAt = at, LockedUntil = at.AddMinutes(15) } });

        var run = await CliRun.OfAsync(_portal, "account", "list");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        string[] expected = ["ann", "Admin", "2026-11-26 09:00:00", "2026-11-26 09:15:00"];
        Assert.All(expected, text => Assert.Contains(text, run.Out, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public async Task Remove_NamesTheAccountInTheBody()
    {
        _portal.On("POST /api/v1/accounts/remove", new { });

        var run = await CliRun.OfAsync(_portal, "account", "remove", "no/body at all");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal("no/body at all", JsonSerializer.Deserialize<JsonElement>(Assert.Single(_portal.Requests).Body).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Remove_OfTheLastAdmin_SaysWhatToDoAndFails()
    {
        _portal.On("POST /api/v1/accounts/remove", StubAnswer.Problem(409, "Make another with `fleetprof login --setup` first."));

        var run = await CliRun.OfAsync(_portal, "account", "remove", "ann");

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Out));
        Assert.Contains("fleetprof login --setup", run.Error, StringComparison.Ordinal);
    }
}
