using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Access;

/// <summary>As an administrator sees it.</summary>
public sealed class AgentsPageTests : BunitContext
{
    private readonly FakeTimeProvider _clock = new();
    private int _looks;

    [Fact]
    public void Agents_OfALargeFleet_AreShownInPart()
    {
        var page = Open("agents", Joined(5_000), isLost: () => false);

        Assert.Equal(100, page.FindAll("tr[data-fp-row]").Count);
        Assert.Contains("The first 100 of 5,000 are shown; of the others 1 waits for approval.", page.Find("p").TextContent, StringComparison.Ordinal);
    }

    /// <summary>Every look is the whole list.</summary>
    [Fact]
    public async Task Agents_OfALargeFleet_AreLookedForOnceAMinute()
    {
        var page = Open("agents", Joined(10_000), isLost: () => false);
        await SeenAfterAsync(5, "00:00:05");

        await SeenAfterAsync(59, "00:00:05");
        await SeenAfterAsync(1, "00:01:05");
        Assert.Equal(3, _looks);

        Task SeenAfterAsync(int seconds, string asOf)
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            return page.WaitForAssertionAsync(() => Assert.Equal($"as of {asOf} UTC", page.Find(".fp-asof").TextContent), PlayedPages.Patience);
        }
    }

    [Theory]
    [InlineData("pending", "host-4999")]
    [InlineData("TEAM=shop host-0042", "host-0042")]
    public void Agents_Searched_AreFoundAmongAll(string text, string expected)
    {
        var page = Open($"agents?q={Uri.EscapeDataString(text)}", Joined(5_000), isLost: () => false);

        Assert.Equal(expected, Assert.Single(page.FindAll("tr[data-fp-row]")).Children[1].TextContent);
    }

    [Fact]
    public async Task Revoke_AnswerLost_IsSaidUntilItIsPressedAgain()
    {
        var isLost = true;
        var page = Open("agents", Joined(1), () => isLost);

        await RevokeAsync(page);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await page.WaitForAssertionAsync(() => Assert.Equal("as of 00:00:05 UTC", page.Find(".fp-asof").TextContent), PlayedPages.Patience);

        Assert.Contains("it is unknown whether agent a0000 was revoked", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        isLost = false;
        await RevokeAsync(page);
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    /// <summary>The last of them waits for approval.</summary>
    private static EnrolledAgent[] Joined(int count) => [.. Enumerable.Range(0, count).Select(i => new EnrolledAgent
    {
        AgentId = $"a{i:d4}", HostName = $"host-{i:d4}", Standing = i > 0 && i == count - 1 ? AgentStanding.Pending : AgentStanding.Active, Labels = new Dictionary<string, string> { ["team"] = "shop" },
    })];

    private static async Task RevokeAsync(IRenderedComponent<AgentsPage> page)
    {
        // Once is a question.
        await page.Find("tr[data-fp-row] button").ClickAsync(new MouseEventArgs());
        await page.Find("tr[data-fp-row] button").ClickAsync(new MouseEventArgs());
    }

    private IRenderedComponent<AgentsPage> Open(string address, IReadOnlyList<EnrolledAgent> agents, Func<bool> isLost)
    {
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton(PlayedGrains.Cluster((method, _) => method switch
        {
            nameof(IEnrolmentGrain.ListAgentsAsync) => Listed(),
            nameof(IEnrolmentGrain.RevokeAgentAsync) => isLost() ? Task.FromException<bool>(new TimeoutException()) : Task.FromResult(true),
            _ => Task.FromResult(new EnrolmentInfo { IsOn = true }),
        }));
        Task<IReadOnlyList<EnrolledAgent>> Listed()
        {
            _looks++;
            return Task.FromResult(agents);
        }

        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var root = new AccessPrincipal { Name = "root", CredentialId = "root", Grants = new() { Role = Role.Admin, Services = [Grants.AllServices] } };
        return Render<AgentsPage>(page => page.AddCascadingValue(Task.FromResult(new AuthenticationState(root.ToClaims("test")))));
    }
}
