using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Hosting;

public sealed class WallClockWatchTests : IDisposable
{
    private readonly SteppedClock clock = new();
    private readonly RecordedLog<WallClockWatch> log = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WallClockWatch watch;
    private volatile Exception? refusal;
    private volatile int asked;

    public WallClockWatchTests()
    {
        var lifetime = Fake.Of<IHostApplicationLifetime>((nameof(IHostApplicationLifetime.StopApplication), _ =>
        {
            ended.TrySetResult();
            return null;
        }));
        watch = new WallClockWatch(StartGrainAsync, lifetime, clock, log);
    }

    [Fact]
    public async Task Clock_SetBackSoThatNoGrainStarts_EndsTheSilo()
    {
        refusal = new ArgumentException("The earliest collection that can be scheduled from now is for 10:00");
        await watch.StartAsync(CancellationToken.None);
        clock.StepBack();

        await AdvanceUntilAsync(() => ended.Task.IsCompleted);

        Assert.Contains("was set back by 01:00:00", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(1, Environment.ExitCode);
    }

    [Fact]
    public async Task Clock_SetBackByManySmallSteps_IsNoticedToo()
    {
        await watch.StartAsync(CancellationToken.None);

        await GatewayRig.UntilAsync(() => Task.FromResult(asked > 0), () =>
        {
            clock.Step(TimeSpan.FromSeconds(-20));
            clock.Advance(WallClockWatch.Interval);
        });
        await watch.StopAsync(CancellationToken.None);

        Assert.False(ended.Task.IsCompleted);
    }

    [Fact]
    public async Task Clock_SetBackWhileGrainsStillStart_EndsNothing()
    {
        refusal = new TimeoutException("The other silo does not answer.");
        await watch.StartAsync(CancellationToken.None);
        clock.StepBack();

        await AdvanceUntilAsync(() => asked >= 2);
        refusal = null;
        var before = asked;
        await AdvanceUntilAsync(() => asked > before);
        await watch.StopAsync(CancellationToken.None);

        Assert.False(ended.Task.IsCompleted);
    }

    /// <summary>Left to itself Orleans may start it on the other one, whose clock is right.</summary>
    [Fact]
    public async Task Probe_OfTheSiloWithMoreGrains_StartsOnThatSilo()
    {
        var builder = OneSilo.Builder();
        builder.Options.InitialSilosCount = 2;
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        var silo = cluster.Silos[0];
        var grains = silo.ServiceProvider.GetRequiredService<IGrainFactory>();
        for (var probe = 0; probe < 20; probe++)
        {
            Assert.Equal(silo.SiloAddress, await grains.GetGrain<IWallClockProbe>(Guid.NewGuid()).StartAsync());
        }
    }

    public void Dispose()
    {
        watch.Dispose();
        Environment.ExitCode = 0;
    }

    private Task AdvanceUntilAsync(Func<bool> isReached) => GatewayRig.UntilAsync(() => Task.FromResult(isReached()), () => clock.Advance(WallClockWatch.Interval));

    private Task StartGrainAsync()
    {
        Interlocked.Increment(ref asked);
        return refusal is null ? Task.CompletedTask : Task.FromException(refusal);
    }
}
