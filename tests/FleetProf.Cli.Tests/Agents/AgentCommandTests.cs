using System.Text.Json;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Tests.Agents;

public sealed class AgentCommandTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    private readonly StubPortal _portal = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;

    public void Dispose()
    {
        _portal.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task TokenCreate_PrintsTheCommandForTheHostAlone()
    {
        _portal.On("POST /api/v1/join-tokens", new JoinTokenCreation { TokenId = "0123456789ab", Token = "fpe_0123456789ab_x", JoinUrl = "https://silo.example:7444", CaHash = "sha256:00", ExpiresAt = At }, 201);

        var run = await CliRun.OfAsync(_portal, "agent", "token", "create", "--uses", "3", "--for", "2h", "--approval", "--network", "10.0.0.0/8", "--label", "rack=7", "--label", "note=a=b");

        Assert.Equal("fleetprof agent join https://silo.example:7444 --token fpe_0123456789ab_x --ca-hash sha256:00\n", run.Out);
        Assert.Contains("2026-11-26 09:00:00", run.Error, StringComparison.Ordinal);
        var asked = JsonSerializer.Deserialize<JsonElement>(Assert.Single(_portal.Requests).Body);
        Assert.Equal((120, 3, true, "7", "a=b"), (
            asked.GetProperty("lifeMinutes").GetInt32(), asked.GetProperty("maxUses").GetInt32(), asked.GetProperty("needsApproval").GetBoolean(),
            asked.GetProperty("labels").GetProperty("rack").GetString(), asked.GetProperty("labels").GetProperty("note").GetString()));
    }

    [Fact]
    public async Task List_ShowsWhoIsInAndWhoIsNot()
    {
        _portal.On("GET /api/v1/agents", new[]
        {
            new EnrolledAgent { AgentId = "01KB0000000000000000000001", Standing = AgentStanding.Quarantined, HostName = "rack-7\u001b[2J", ChangedBy = "fleetprof", ChangedAt = At, Reason = "It runs twice." },
            new EnrolledAgent { AgentId = "01KB0000000000000000000002", Standing = AgentStanding.Active, HostName = "rack-8", ChangedBy = "token 0123456789ab", ChangedAt = At, CertificateExpiresAt = At.AddDays(1) },
        });

        var run = await CliRun.OfAsync(_portal, "agent", "list");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        string[] expected = ["quarantined", "It runs twice.", "rack-8", "active", "2026-11-27 09:00:00"];
        Assert.All(expected, text => Assert.Contains(text, run.Out, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public async Task List_Silent_AsksForThoseAndTellsSinceWhen()
    {
        _portal.On("GET /api/v1/agents?silent=true", new[] { new EnrolledAgent { AgentId = "01KB0000000000000000000002", Standing = AgentStanding.Active, HostName = "rack-8", ChangedBy = "ann", ChangedAt = At, CertificateExpiresAt = At.AddDays(-9), IsAttached = false } });

        var run = await CliRun.OfAsync(_portal, "agent", "list", "--silent", "-o", "csv");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("attached,certificate_until", run.Out, StringComparison.Ordinal);
        Assert.Contains("no,2026-11-17", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent approve 01KB0000000000000000000001", "POST /api/v1/agents/01KB0000000000000000000001/approve")]
    [InlineData("agent revoke 01KB0000000000000000000001", "POST /api/v1/agents/01KB0000000000000000000001/revoke")]
    [InlineData("agent token revoke 0123456789ab", "POST /api/v1/join-tokens/0123456789ab/revoke")]
    public async Task Change_AsksThePortal(string line, string route)
    {
        _portal.On(route, new { });

        var run = await CliRun.OfAsync(_portal, line.Split(' '));

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(route, Assert.Single(_portal.Requests).Route);
    }

    [Fact]
    public async Task Rotate_AgainTooEarly_SaysUntilWhenAndFails()
    {
        _portal.On("POST /api/v1/enrolment/rotate-root", new { said = "Made the new root sha256:01." }).On("POST /api/v1/enrolment/rotate-root", StubAnswer.Problem(409, "Too early. Rotate again after tomorrow."));

        var first = await CliRun.OfAsync(_portal, "agent", "ca", "rotate");
        var second = await CliRun.OfAsync(_portal, "agent", "ca", "rotate");

        Assert.Equal((ExitCode.Success, "Made the new root sha256:01."), (first.ExitCode, first.Out.Trim()));
        Assert.Equal((ExitCode.Usage, ""), (second.ExitCode, second.Out));
        Assert.Contains("Too early. Rotate again after tomorrow.", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_HostThatHasNotJoined_SaysHow()
    {
        var run = await CliRun.OfAsync(new Dictionary<string, string>(), ["agent", "--data", _folder]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("fleetprof agent join", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_WithoutAToken_SaysWhereItComesFrom()
    {
        var run = await CliRun.OfAsync(new Dictionary<string, string>(), ["agent", "join", "https://silo.example:7444", "--ca-hash", "sha256:00", "--data", _folder]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("FLEETPROF_JOIN_TOKEN", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The agent's program claims the folder before it asks anybody; nobody answers at that port.</summary>
    [Fact]
    public async Task Join_WithAStateFolder_JoinsThereAndNotBelowData()
    {
        var state = Path.Combine(_folder, "service");
        string[] line = ["agent", "join", "https://127.0.0.1:1", "--token", "fpe_0123456789ab_x", "--ca-hash", "sha256:" + new string('0', 64), "--data", Path.Combine(_folder, "data"), "--state-folder", state];

        var run = await CliRun.OfAsync(new Dictionary<string, string>(), line);

        Assert.NotEqual(ExitCode.Success, run.ExitCode);
        Assert.True(File.Exists(Path.Combine(state, "lock")));
        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }
}
