using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Access;

public sealed class AgentApiTests(PortalFixture fixture)
{
    [Fact]
    public async Task Token_IsMadeInTheNameOfTheCaller()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/join-tokens", new { maxUses = 3, needsApproval = true, networks = new[] { "10.0.0.0/8" } });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.EndsWith("by-tester", (string)(await response.JsonAsync())["token"]!, StringComparison.Ordinal);
        Assert.Equal("racks", (string?)(await client.JsonAsync("/api/v1/join-tokens"))[0]!["name"]);
    }

    [Fact]
    public async Task Token_ThatCannotBeMade_SaysWhy()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/join-tokens", new { maxUses = 20_000 });

        Assert.Contains("10000", (string)(await response.ProblemAsync(HttpStatusCode.Conflict))["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_Pending_IsApprovedOnce()
    {
        using var client = fixture.Portal.Authorised();

        using var first = await client.PostAsync($"/api/v1/agents/{FakeEnrolment.Pending}/approve", new { });
        using var second = await client.PostAsync($"/api/v1/agents/{FakeEnrolment.Pending}/approve", new { });

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        await second.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("tester", fixture.Silo.World.ApprovedAgents[FakeEnrolment.Pending]);
    }

    [Fact]
    public async Task List_OfTheSilent_LeavesOthersOut()
    {
        using var client = fixture.Portal.Authorised();

        var silent = await client.JsonAsync("/api/v1/agents?silent=true");

        Assert.Equal((FakeEnrolment.Active, false), ((string)Assert.Single(silent.AsArray())!["agentId"]!, (bool)silent[0]!["isAttached"]!));
        Assert.Equal(2, (await client.JsonAsync("/api/v1/agents")).AsArray().Count);
    }

    [Theory]
    [InlineData("agents/01KB9999999999999999999999/revoke")]
    [InlineData("agents/no_such/revoke")]
    [InlineData("join-tokens/ffffffffffff/revoke")]
    public async Task Revoke_Unknown_IsNotFound(string path)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync($"/api/v1/{path}", new { });

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Root_ChangedAgainTooEarly_IsAConflictThatSaysUntilWhen()
    {
        using var client = fixture.Portal.Authorised();
        fixture.Silo.World.RootChanges = 0;

        using var first = await client.PostAsync("/api/v1/enrolment/rotate-root", new { });
        using var second = await client.PostAsync("/api/v1/enrolment/rotate-root", new { });

        Assert.Equal("Made the new root sha256:01.", (string?)(await first.JsonAsync())["said"]);
        Assert.StartsWith("Too early", (string?)(await second.ProblemAsync(HttpStatusCode.Conflict))["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enrolment_SaysWhereToJoinAndWhatToPin()
    {
        using var client = fixture.Portal.Authorised();
        var info = await client.JsonAsync("/api/v1/enrolment");

        Assert.Equal(("https://silo.example:7444", "sha256:00"), ((string?)info["joinUrl"], (string?)info["caHash"]));
    }
}
