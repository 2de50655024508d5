using FleetProf.Silo.Gateway;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Hosting;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Gateway.Admission;

public sealed class UploadLimitTests
{
    private readonly SteppedClock clock = new();
    private readonly UploadLimit limit;

    public UploadLimitTests() => limit = new UploadLimit(Options.Create(new GatewayOptions { MaxUploads = 3, MaxUploadsPerAgent = 2, UploadCallsPerMinute = 10 }), clock);

    [Fact]
    public void Enter_BeyondOnesOwnPlaces_IsRefusedUntilOneIsGivenBack()
    {
        var first = Enter("agent1");
        using var second = Enter("agent1");
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => Enter("agent1")).StatusCode);
        using (Enter("agent2"))
        {
        }

        first.Dispose();

        using var third = Enter("agent1");
    }

    [Fact]
    public void Enter_BeyondAllPlaces_IsRefusedUntilOneIsGivenBack()
    {
        using var first = Enter("agent1");
        using var second = Enter("agent2");
        var third = Enter("agent3");
        Assert.Throws<RpcException>(() => Enter("agent4"));

        third.Dispose();

        using var fourth = Enter("agent4");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Enter_AfterPlacesHeldForNothing_IsRefusedTenTimesAsLongToThatAgentOnly(bool isEndedByTheAgent)
    {
        using var gone = new CancellationTokenSource();
        var silent = Enumerable.Range(0, 2).Select(_ => HoldAsync("agent1", gone.Token)).ToList();
        using var other = Enter("agent2");
        Assert.Throws<RpcException>(() => Enter("agent3"));

        clock.Advance(isEndedByTheAgent ? UploadPlace.Patience / 2 : UploadPlace.Patience);
        await gone.CancelAsync();
        await Task.WhenAll(silent);

        Assert.Throws<RpcException>(() => Enter("agent1"));
        using (Enter("agent3"))
        using (Enter("agent4"))
        {
        }

        clock.StepBack();
        clock.Advance(UploadPlace.Patience * (isEndedByTheAgent ? 5 : 10));
        using var again = Enter("agent1");
    }

    [Fact]
    public void Charge_BeyondTheCallsOfAMinute_IsRefusedUntilItIsOver()
    {
        for (var call = 0; call < 9; call++)
        {
            limit.Charge("agent1");
        }

        Enter("agent1").Dispose();
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => limit.Charge("agent1")).StatusCode);
        Assert.Throws<RpcException>(() => Enter("agent1"));
        limit.Charge("agent2");

        clock.StepBack();
        clock.Advance(TimeSpan.FromMinutes(1));
        limit.Charge("agent1");
    }

    private UploadPlace Enter(string agent) => limit.Enter(agent, new ChunkStream());

    /// <summary>As the gateway does, for an agent that sends nothing.</summary>
    private async Task HoldAsync(string agent, CancellationToken gone)
    {
        using var place = limit.Enter(agent, new ChunkStream { AtEnd = () => Task.Delay(Timeout.Infinite, CancellationToken.None) });
        await Assert.ThrowsAnyAsync<Exception>(() => place.MoveNext(gone));
    }
}
