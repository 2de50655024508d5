using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.TestKit.Processes;

namespace FleetProf.Portal.Tests.Connection;

/// <summary>The portal outlives its silo.</summary>
public sealed class SiloLossTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Portal_SiloComesGoesAndComesAgain_AnswersUnavailableInBetween()
    {
        var gateway = FreePort.Next();
        await using var portal = await PortalUnderTest.StartAsync(gateway, FreePort.Next(), wait: false);
        using var client = portal.Authorised();
        await UntilAsync(client, HttpStatusCode.ServiceUnavailable);
        using (var early = await client.GetAsync("/api/v1/services", Cancel))
        {
            var problem = await early.ProblemAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Contains("FleetProf:Portal:SiloGateway", (string)problem["detail"]!, StringComparison.Ordinal);
            Assert.Equal(2, early.Headers.RetryAfter?.Delta?.TotalSeconds);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live", Cancel)).StatusCode);
        using (var stranger = portal.Anonymous())
        {
            // Who logs out now is told what came of it, and who was sent to the login sees it.
            foreach (var query in (string[])["refused=logout", "returnUrl=%2Fcaptures"])
            {
                Assert.Equal((query, HttpStatusCode.OK), (query, (await stranger.GetAsync($"/login?{query}", Cancel)).StatusCode));
            }
        }

        await using (await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System), gateway))
        {
            await UntilAsync(client, HttpStatusCode.OK);
        }

        await UntilAsync(client, HttpStatusCode.ServiceUnavailable);
        await using (await FakeSilo.StartAsync(new FakeWorld(TimeProvider.System), gateway))
        {
            await UntilAsync(client, HttpStatusCode.OK);
        }
    }

    private static async Task UntilAsync(HttpClient client, HttpStatusCode status)
    {
        var last = HttpStatusCode.Unused;
        for (var end = DateTime.UtcNow.AddMinutes(2); DateTime.UtcNow < end; await Task.Delay(50, Cancel))
        {
            try
            {
                using var response = await client.GetAsync("/api/v1/services", Cancel);
                last = response.StatusCode;
                if (last == status)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        Assert.Fail($"Still {last} instead of {status}.");
    }
}
