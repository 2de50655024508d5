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

    private IRenderedComponent<WorstPausesPage> Show(int? minutesAgo, IReadOnlyList<PauseHarm> rows)
    {
        DateTimeOffset? until = minutesAgo is { } minutes ? Noon.AddMinutes(-minutes) : null;
        Services.AddSingleton(PlayedGrains.Cluster((method, _) => method == nameof(IGcPauseQueryGrain.GetHarmUntilAsync) ? Task.FromResult(until) : Task.FromResult(rows)));
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Noon));
        return Render<WorstPausesPage>();
    }
}
