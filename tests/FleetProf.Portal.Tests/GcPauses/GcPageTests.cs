using Bunit;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class GcPageTests : BunitContext
{
    private static readonly LongGc FirstStop = new()
    {
        Instance = "a", Number = 7, Generation = 2, Kind = "background", PauseMs = 40, EndedAt = new(2026, 5, 4, 12, 0, 8, TimeSpan.Zero),
    };

    /// <summary>The first stop is the longer one, and was sent before the GC had ended.</summary>
    [Fact]
    public void Record_OfOneOfTwoStops_IsShown()
    {
        var page = Show(FirstStop, FirstStop with { PauseMs = 3, EndedAt = FirstStop.EndedAt.AddSeconds(3), Detail = new() { PauseMs = 43, FinalPauseMs = 3 } });

        Assert.Contains("The first stop took 40.0 ms, the second 3.00 ms", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("sent no record", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_OfNoStop_SaysWhatMayBeWhy()
    {
        var page = Show(FirstStop);

        Assert.Contains("Its agent sent no record with this stop: the GC ended in a later ten seconds", page.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<GcPage> Show(params LongGc[] stops)
    {
        Services.AddSingleton(PlayedGrains.Cluster((_, _) => Task.FromResult<IReadOnlyList<LongGc>>(stops)));
        Services.GetRequiredService<NavigationManager>().NavigateTo(GcAddress.Of(FirstStop).ToUri("shop"));
        return Render<GcPage>(page => page.Add(it => it.Service, "shop"));
    }
}
