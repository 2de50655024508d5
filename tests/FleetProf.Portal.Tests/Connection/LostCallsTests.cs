using FleetProf.Portal.Connection;
using FleetProf.Portal.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Connection;

public sealed class LostCallsTests
{
    private readonly SiloConnection silo = new(new PortalOptions(), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), new FakeTimeProvider(), NullLogger<SiloConnection>.Instance);

    [Fact]
    public async Task Call_SiloIsLostBeforeItAnswers_EndsAsUnavailable()
    {
        silo.Answered();
        var call = new LostCalls(silo).WhileConnectedAsync(() => new TaskCompletionSource().Task);
        Assert.False(call.IsCompleted);

        silo.NotifyClusterConnectionLost();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>It looks whether the silo is back.</summary>
    [Fact]
    public async Task Call_BeganWhileTheSiloWasLost_WaitsForItsAnswer()
    {
        silo.Answered();
        silo.NotifyClusterConnectionLost();
        var answer = new TaskCompletionSource();
        var call = new LostCalls(silo).WhileConnectedAsync(() => answer.Task);
        silo.Answered();
        Assert.False(call.IsCompleted);

        answer.SetResult();

        await call.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Call_ThatFails_FailsAsItDid() =>
        await Assert.ThrowsAsync<FormatException>(() => new LostCalls(silo).WhileConnectedAsync(() => Task.FromException(new FormatException())));
}
