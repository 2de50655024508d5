using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.GcPauses;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class FleetCausesTests
{
    [Fact]
    public void Causes_OfSeveralServices_AddUpAndKeepTheLongestWithItsService()
    {
        PauseHarm[] services =
        [
            new() { Service = "a", Version = "1", From = default, To = default, Causes = [Of(PauseCause.Induced, 2, 30, 20), Of(PauseCause.Ordinary, 90, 30, null)] },
            new() { Service = "b", Version = "1", From = default, To = default, Causes = [Of(PauseCause.Induced, 1, 40, 40)] },
        ];

        var causes = FleetCauses.Of(services);

        Assert.Equal([(PauseCause.Induced, 3L, 70.0, 70.0, 40.0), (PauseCause.Ordinary, 90L, 30.0, 30.0, 0.0)], causes.Select(cause => (cause.Cause, cause.PauseCount, cause.PauseMs, cause.PausePercent, cause.Longest?.PauseMs ?? 0)));
        Assert.Equal("b", FleetCauses.ServicesOf(services)[PauseCause.Induced]);
        Assert.Empty(FleetCauses.Of([]));
    }

    private static CausePauses Of(PauseCause cause, long count, double ms, double? longest) => new()
    {
        Cause = cause, PauseCount = count, PauseMs = ms, MaxPauseMs = longest, Longest = longest is { } pause ? new LongGc { Instance = "i", PauseMs = pause } : null,
    };
}
