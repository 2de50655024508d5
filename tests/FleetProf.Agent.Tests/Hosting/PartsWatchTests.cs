using FleetProf.Agent.Hosting;
using FleetProf.Agent.Tests.Access;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Hosting;

public sealed class PartsWatchTests : IDisposable
{
    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly KeptLog<PartsWatch> log = new();
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource scanning = new();
    private readonly TaskCompletionSource sending = new();
    private readonly Task watching;

    public PartsWatchTests() => watching = new PartsWatch(lifetime, log).FirstEndAsync([scanning.Task, sending.Task], stop.Token);

    [Fact]
    public async Task Part_Fails_EndsTheAgentWithAnExitCode()
    {
        Assert.False(watching.IsCompleted);

        sending.SetException(new InvalidOperationException("planted"));
        await watching;

        AssertEnded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Part_ReturnsOrIsCancelled_EndsTheAgentWithAnExitCode(bool isCancelled)
    {
        if (isCancelled) scanning.SetCanceled(CancellationToken.None);
        else scanning.SetResult();
        await watching;

        AssertEnded();
    }

    [Fact]
    public async Task Parts_EndAsTheAgentStops_AreNoFault()
    {
        await stop.CancelAsync();
        scanning.SetResult();
        await watching;

        Assert.False(lifetime.ApplicationStopping.IsCancellationRequested);
        Assert.Equal(0, Environment.ExitCode);
        Assert.Empty(log.Entries);
    }

    public void Dispose()
    {
        stop.Dispose();
        Environment.ExitCode = 0;
    }

    private void AssertEnded()
    {
        Assert.True(lifetime.ApplicationStopping.IsCancellationRequested);
        Assert.Equal(StartupProblems.CannotStart, Environment.ExitCode);
        Assert.Equal(LogLevel.Critical, Assert.Single(log.Entries).Level);
    }
}
