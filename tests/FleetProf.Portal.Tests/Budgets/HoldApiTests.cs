using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Budgets;
using FleetProf.Portal.Tests.Browser;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Budgets;

/// <summary>Holds over REST; not beside tests of pages, each of which would show them.</summary>
[Collection<BrowserCollection>]
public sealed class HoldApiTests(PortalFixture fixture) : IDisposable
{
    public void Dispose() => fixture.Silo.World.Holds.Clear();

    [Fact]
    public async Task Hold_PlacedInTheNameOfTheCaller_IsListedUntilItIsLifted()
    {
        using var client = fixture.Portal.Authorised();

        using var placed = await client.PostAsync("/api/v1/holds", new { service = "held-a", reason = "slow" });

        Assert.Equal(("held-a", "slow", "tester"), ((string?)(await placed.JsonAsync())["service"], (string?)(await placed.JsonAsync())["reason"], (string?)(await placed.JsonAsync())["placedBy"]));
        Assert.Contains(((await client.JsonAsync("/api/v1/holds")).AsArray()), hold => (string?)hold!["service"] == "held-a");
        using var lifted = await client.PostAsync("/api/v1/holds/lift", new { service = "held-a", reason = "fine" });
        using var again = await client.PostAsync("/api/v1/holds/lift", new { service = "held-a", reason = "fine" });
        Assert.Equal(HttpStatusCode.NoContent, lifted.StatusCode);
        await again.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Hold_WithoutReason_SaysWhatIsMissing()
    {
        using var client = fixture.Portal.Authorised();

        using var placed = await client.PostAsync("/api/v1/holds", new { service = "held-b" });
        using var lifted = await client.PostAsync("/api/v1/holds/lift", new { service = "held-b", reason = "" });

        await placed.ProblemAsync(HttpStatusCode.BadRequest);
        await lifted.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Campaign_OfAHeldService_IsAConflictThatSaysWhoStoppedItWhenWhyAndHowItEnds()
    {
        using var client = fixture.Portal.Authorised();
        using var placed = await client.PostAsync("/api/v1/holds", new { service = "held-c", reason = "the shop is slow" });

        using var refused = await client.PostAsync("/api/v1/campaigns", new { selector = new { services = new[] { "held-c" } }, kinds = new[] { "trace" }, sampleSize = 1 });

        var detail = (string)(await refused.ProblemAsync(HttpStatusCode.Conflict))["detail"]!;
        Assert.All(["by tester", "the shop is slow", "UTC", "fleetprof hold lift"], part => Assert.Contains(part, detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Alerts_OfAlertmanager_HoldEachServiceThatFires()
    {
        const string Body = """
            {"version":"4","groupKey":"{}:{alertname=\"HighErrorRate\"}","truncatedAlerts":0,"status":"firing","receiver":"fleetprof","groupLabels":{"alertname":"HighErrorRate"},
             "commonLabels":{"alertname":"HighErrorRate"},"commonAnnotations":{},"externalURL":"http://alertmanager",
             "alerts":[
               {"status":"firing","labels":{"alertname":"HighErrorRate","service":"held-d"},"annotations":{"summary":"6% errors\nfor 5 min"},"startsAt":"2026-11-26T18:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"1"},
               {"status":"firing","labels":{"alertname":"HighErrorRate","service":"held-d","pod":"2"},"annotations":{}},
               {"status":"firing","labels":{"alertname":"Latency","service_name":"held-e"},"annotations":{"description":"p99 over 2 s"}},
               {"status":"resolved","labels":{"alertname":"HighErrorRate","service":"held-f"},"annotations":{}},
               {"status":"firing","labels":{"alertname":"DiskFull"},"annotations":{}}]}
            """;
        using var client = As("fpp_operator");
        using var content = new StringContent(Body, Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(new Uri("/api/v1/alerts", UriKind.Relative), content, TestContext.Current.CancellationToken);

        var outcome = await response.JsonAsync();
        Assert.Equal(2, (int)outcome["ignoredAlerts"]!);
        Assert.Equal(
            [("held-d", "HighErrorRate: 6% errors for 5 min", true), ("held-e", "Latency: p99 over 2 s", true)],
            outcome["holds"]!.AsArray().Select(hold => ((string)hold!["service"]!, (string)hold["reason"]!, (bool)hold["isByAlert"]!)));
        Assert.False(fixture.Silo.World.Holds.ContainsKey("held-f"));
    }

    /// <summary>As the Prometheus Operator labels what FleetProf's own metrics tell of a service.</summary>
    [Fact]
    public async Task Alert_WithTheLabelOfWhatWasScraped_HoldsTheServiceAndNotThat()
    {
        using var client = As("fpp_operator");

        using var taken = await client.PostAsync(
            "/api/v1/alerts", new { alerts = new[] { new { status = "firing", labels = new { alertname = "LongPauses", service = "held-scraped", service_name = "held-m" } } } });

        Assert.Equal("held-m", (string?)Assert.Single((await taken.JsonAsync())["holds"]!.AsArray())!["service"]);
        Assert.False(fixture.Silo.World.Holds.ContainsKey("held-scraped"));
    }

    [Fact]
    public async Task Alert_InTheSimpleForm_NamesServiceAndReason()
    {
        using var client = fixture.Portal.Authorised();

        using var taken = await client.PostAsync("/api/v1/alerts", new { service = "held-g", reason = "errors" });
        using var unnamed = await client.PostAsync("/api/v1/alerts", new { reason = "errors" });
        using var lengthy = await client.PostAsync("/api/v1/alerts", new { service = "held-k", reason = new string('x', 300 * 1024) });
        using var endless = await client.PostTooLargeAsync("/api/v1/alerts", new { service = "held-g", reason = new string('x', 2 << 20) });

        Assert.Equal("held-g", (string?)(await taken.JsonAsync())["holds"]![0]!["service"]);
        await unnamed.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge), (lengthy.StatusCode, endless.StatusCode));
        Assert.Equal("errors", fixture.Silo.World.Holds["held-g"].Reason);
    }

    [Fact]
    public async Task Alerts_SomeThatCannotBeHeld_HoldTheOthersAndSayWhichNot()
    {
        using var client = As("fpp_limited-admin");
        using var all = fixture.Portal.Authorised();

        using var taken = await client.PostAsync("/api/v1/alerts", Firing("held-foreign", new string('x', 300), "held-own"));
        using var foreign = await client.PostAsync("/api/v1/alerts", Firing("held-foreign"));
        using var tooLong = await all.PostAsync("/api/v1/alerts", Firing(new string('x', 300)));

        var outcome = await taken.JsonAsync();
        Assert.Equal("held-own", (string?)Assert.Single(outcome["holds"]!.AsArray())!["service"]);
        Assert.Equal(2, outcome["refused"]!.AsArray().Count);
        Assert.StartsWith("held-foreign: ", (string?)outcome["refused"]![0], StringComparison.Ordinal);
        Assert.True(fixture.Silo.World.Holds.ContainsKey("held-own"));
        await foreign.ProblemAsync(HttpStatusCode.Forbidden);
        await tooLong.InvalidAsync("service");
    }

    [Fact]
    public async Task Alerts_OneThatFails_HoldTheOthersAndAreAskedForAgain()
    {
        using var client = fixture.Portal.Authorised();
        fixture.Silo.World.Faulty["held-faulty"] = true;

        using var failed = await client.PostAsync("/api/v1/alerts", Firing("held-faulty", "held-l"));

        fixture.Silo.World.Faulty.TryRemove("held-faulty", out _);
        await failed.ProblemAsync(HttpStatusCode.InternalServerError);
        Assert.True(fixture.Silo.World.Holds.ContainsKey("held-l"));
    }

    [Fact]
    public async Task Alerts_OfTooManyServices_HoldTheFirstAndSayHowManyMore()
    {
        using var client = fixture.Portal.Authorised();

        using var taken = await client.PostAsync("/api/v1/alerts", Firing([.. Enumerable.Range(0, AlertNotice.MostServices + 2).Select(i => $"held-many-{i}")]));

        var outcome = await taken.JsonAsync();
        Assert.Equal(AlertNotice.MostServices, outcome["holds"]!.AsArray().Count);
        Assert.StartsWith("2 services more: ", (string?)Assert.Single(outcome["refused"]!.AsArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Trips_OfTooManyServices_BeginWithTheOneThatIsAboutAll()
    {
        var notice = new AlertNotice
        {
            Alerts = [.. Enumerable.Range(0, 60).Select(i => $"s{i}").Append(CaptureHold.EveryService).Select(service => new FiringAlert { Labels = new Dictionary<string, string> { ["service"] = service } })],
        };

        var trips = notice.Trips().Select(trip => trip.Service).ToList();

        Assert.Equal((CaptureHold.EveryService, "s0", AlertNotice.MostServices, 11), (trips[0], trips[1], trips.Count, notice.ServicesLeftOut));
    }

    [Fact]
    public void Sentence_OfAnAlertsHold_SaysWhereItCameFromAndWhenItEnds()
    {
        var hold = new CaptureHold { Service = "checkout", Reason = "slow.", PlacedBy = "pager", PlacedAt = DateTimeOffset.UnixEpoch, EndsAt = DateTimeOffset.UnixEpoch.AddMinutes(15), IsByAlert = true };

        Assert.Equal("Captures of checkout are on hold since 1970-01-01 00:00:00 UTC, by an alert that came from pager: slow.", hold.Sentence);
        Assert.StartsWith("It ends at 1970-01-01 00:15:00 UTC", hold.Way, StringComparison.Ordinal);
    }

    private HttpClient As(string token)
    {
        var client = fixture.Portal.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static object Firing(params string[] services) => new { alerts = services.Select(service => new { status = "firing", labels = new { alertname = "Errors", service } }) };
}
