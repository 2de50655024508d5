using FleetProf.Agent.Collectors.DotNet.Vitals;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

public class ThrottlingMeterTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
    private IReadOnlyList<double> groups = [100, 40];

    [Fact]
    public void Since_EightProcessorsWaited_IsNoMoreThanPassedOnTheClock()
    {
        var (meter, begin) = (new ThrottlingMeter(() => groups, clock), clock.GetUtcNow());
        groups = [100 + (8 * 80), 40];
        clock.Advance(TimeSpan.FromMilliseconds(90));
        Assert.Equal(90, meter.Since(begin));
    }

    [Fact]
    public void Since_GroupAroundWaitedToo_IsCountedOnce()
    {
        var (meter, begin) = (new ThrottlingMeter(() => groups, clock), clock.GetUtcNow());
        groups = [150, 100];
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(60, meter.Since(begin));
    }

    [Theory]
    [InlineData(new double[] { 5, 40 })]
    [InlineData(new double[] { 200 })]
    [InlineData(new double[0])]
    public void Since_ProcessMovedToAnotherGroup_IsUnknown(double[] now)
    {
        var (meter, begin) = (new ThrottlingMeter(() => groups, clock), clock.GetUtcNow());
        groups = now;
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(meter.Since(begin));
    }

    [Fact]
    public void Since_MomentBeforeTheFirstReading_IsUnknown() =>
        Assert.Null(new ThrottlingMeter(() => groups, clock).Since(clock.GetUtcNow() - TimeSpan.FromSeconds(1)));

    [Fact]
    public void Since_ReadingsLieBetween_CountsFromTheLatestThatIsNotYounger()
    {
        var meter = new ThrottlingMeter(() => groups, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        groups = [130, 40];
        meter.Note();
        var moment = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromSeconds(1));
        groups = [150, 40];
        Assert.Equal(20, meter.Since(moment));
    }
}
