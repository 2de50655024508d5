using FleetProf.Faults.Fleet;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Tests.Fleet;

/// <summary>With the probe as the part: it knows nothing of TERM and ends by it with another code than 0.</summary>
[Trait("Ring", "process")]
public sealed class PartTests
{
    private const string Program = "GcProbe";

    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Restart_PartThatEndsOtherwiseThanWell_IsReportedWhenItRunsAgain()
    {
        await using var part = new Part("a part", Program, []);
        part.Start();
        var first = part.Pid;

        var reported = await Assert.ThrowsAsync<InvalidOperationException>(() => part.RestartAsync(() => StartAsync(part)));

        Assert.StartsWith("a part did not end by itself and well: its exit code was ", reported.Message, StringComparison.Ordinal);
        Assert.True(part.IsRunning);
        Assert.NotEqual(first, part.Pid);
    }

    [Fact]
    public async Task Restart_PartThatDoesNotHearTerm_IsKilledAndReported()
    {
        await using var part = new Part("a part", Program, []) { EndLimit = TimeSpan.Zero };
        part.Start();
        await part.SuspendAsync();

        var reported = await Assert.ThrowsAsync<InvalidOperationException>(() => part.RestartAsync(() => StartAsync(part), mayBeEnding: true));

        Assert.StartsWith("a part did not end by itself and well: it was killed ", reported.Message, StringComparison.Ordinal);
        Assert.True(part.IsRunning);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_PartWhoseEndIsNotItsDoing_IsNotReported(bool isDeadAlready)
    {
        await using var part = new Part("a part", Program, []);
        part.Start();
        if (isDeadAlready)
        {
            await part.KillAsync();
        }

        await part.RestartAsync(() => StartAsync(part), mayBeEnding: !isDeadAlready);

        Assert.True(part.IsRunning);
    }

    /// <summary>Whoever starts it again must know whether something is wrong with it.</summary>
    [Fact]
    public async Task OwnEnd_OfAPart_IsThatWhichNobodyHereBrought()
    {
        await using var part = new Part("a part", Program, []);
        part.Start();
        Assert.Null(part.OwnEnd);
        await part.KillAsync();
        Assert.Null(part.OwnEnd);

        part.Start();
        await ProcessSignal.SendAsync(part.Pid, "KILL");
        await Wait.UntilAsync(Ample, () => Task.FromResult(!part.IsRunning));

        Assert.Equal(128 + 9, part.OwnEnd);
    }

    private static Task StartAsync(Part part)
    {
        part.Start();
        return Task.CompletedTask;
    }
}
