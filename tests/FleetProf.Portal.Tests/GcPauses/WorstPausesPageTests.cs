using Bunit;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class WorstPausesPageTests : BunitContext
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An empty list says that nothing paused only where it reaches up to now.</summary>
    [Theory]
    [InlineData(1, "No pause in the last ten minutes", false)]
    [InlineData(25, "No figures of the last ten minutes", true)]
    [InlineData(null, "No figures yet", false)]
    public void EmptyList_KnownUpToATime_ClaimsNoMoreThanThat(int? minutesAgo, string expected, bool isBehind)
    {
        var page = Show(minutesAgo, []);

        Assert.Equal(expected, page.Find(".fp-empty strong").TextContent);
        Assert.Equal(isBehind, page.FindAll(".fp-notice").Count == 1);
    }

    [Fact]
    public void Rows_OfSomeMinutesAgo_AreToldToBeSo()
    {
        var row = new PauseHarm { Service = "shop", Version = "1.0", From = Noon.AddMinutes(-10), To = Noon.AddMinutes(-5), InstanceCount = 1, HarmMsPerHour = 10 };

        var page = Show(5, [row]);

        Assert.Contains("end at 2026-05-04 11:55 UTC, 5 min ago", page.Find(".fp-notice").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("tr[data-fp-row]"));
    }

    /// <summary>A hundred are shown; the causes are of all that a silo tells, which are at most a thousand.</summary>
    [Theory]
    [InlineData(100, null, "Breakdown by cause, all services", "100")]
    [InlineData(101, "The 100 worst of 101 services and versions.", "Breakdown by cause, all services", "101")]
    [InlineData(1_001, "The 100 worst of at least 1,000 services and versions.", "Breakdown by cause, the 1,000 worst services and versions", "1,000")]
    public void Rows_MoreThanAreShown_AreCountedAndInTheCauses(int services, string? expected, string heading, string pauses)
    {
        CausePauses[] causes = [new() { Cause = PauseCause.Survivors, PauseCount = 1, PauseMs = 10 }];
        PauseHarm[] rows =
        [
            .. Enumerable.Range(0, services).Select(number => new PauseHarm
            {
                Service = $"shop-{number}", Version = "1.0", From = Noon.AddMinutes(-10), To = Noon, InstanceCount = 1, HarmMsPerHour = 2_000 - number, Causes = causes,
            }),
        ];

        var page = Show(1, rows);

        Assert.Equal(Math.Min(services, 100), page.FindAll("tr[data-fp-row]").Count);
        Assert.Equal(expected, page.FindAll(".worst-more").SingleOrDefault()?.TextContent);
        Assert.Equal(heading, page.Find("#causes h2").TextContent);
        Assert.Equal(pauses, page.FindAll(".causes td.fp-num")[1].TextContent);
    }

    private IRenderedComponent<WorstPausesPage> Show(int? minutesAgo, IReadOnlyList<PauseHarm> rows)
    {
        DateTimeOffset? until = minutesAgo is { } minutes ? Noon.AddMinutes(-minutes) : null;
        Services.AddSingleton(PlayedGrains.Cluster((method, arguments) => method == nameof(IGcPauseQueryGrain.GetHarmUntilAsync)
            ? Task.FromResult(until)
            : Task.FromResult<IReadOnlyList<PauseHarm>>([.. rows.Take((int)arguments[0]!)])));
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Noon));
        return Render<WorstPausesPage>();
    }
}
