using FleetProf.Silo.Gateway;
using FleetProf.Silo.Gateway.Admission;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Gateway.Admission;

public sealed class AdmissionLimitTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void TryEnter_Storm_LetsTheBurstInThenTheRate()
    {
        var limit = Limit(new GatewayOptions { ConnectBurst = 50, ConnectsPerSecond = 10 });
        Assert.Equal(50, Enumerable.Range(0, 200).Count(_ => limit.TryEnter(out var _)));

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(20, Enumerable.Range(0, 200).Count(_ => limit.TryEnter(out var _)));
    }

    [Fact]
    public void TryEnter_Refused_GivesEachAPlaceAtTheRate()
    {
        var limit = Limit(new GatewayOptions { ConnectBurst = 1, ConnectsPerSecond = 100, MaxHandshakeWait = TimeSpan.FromSeconds(3), MaxRetryAfter = TimeSpan.FromMinutes(1) });
        limit.TryEnter(out _);

        var returns = Enumerable.Range(0, 2_000).Select(_ => limit.TryEnter(out var seconds) ? 0 : seconds).ToList();

        Assert.Equal(Enumerable.Range(3, 21), returns.Distinct());
        Assert.All(returns.CountBy(seconds => seconds).Where(second => second.Key is > 3 and < 23), second => Assert.Equal(100, second.Value));
    }

    [Fact]
    public void TryEnter_Full_LetsTheNextInWhenOneLeaves()
    {
        var limit = Limit(new GatewayOptions { MaxSessions = 2 });
        Assert.True(limit.TryEnter(out _) && limit.TryEnter(out _));
        Assert.False(limit.TryEnter(out _));

        limit.Leave();

        Assert.True(limit.TryEnter(out _));
    }

    [Fact]
    public void Options_OutOfRange_AreAllNamed() => Assert.Equal(
        15,
        new GatewayOptions { HeartbeatInterval = TimeSpan.Zero, SilentAfter = TimeSpan.Zero, HelloTimeout = TimeSpan.Zero, MaxRetryAfter = TimeSpan.Zero, MaxSessions = 0, ConnectsPerSecond = 0, ConnectBurst = 0, MaxHandshakes = 0, MaxHandshakeWait = TimeSpan.Zero, PreviewsPerSecond = 0, AgentFramesPerSecond = 0, AgentBytesPerSecond = 0, MaxUploads = 0, MaxUploadsPerAgent = 0, UploadCallsPerMinute = 0 }
            .Problems().Count(problem => problem.StartsWith("FleetProf:Gateway:", StringComparison.Ordinal)));

    private AdmissionLimit Limit(GatewayOptions options) => new(Options.Create(options), new ReturnSchedule(Options.Create(options), clock, new Random(1)), clock);
}
