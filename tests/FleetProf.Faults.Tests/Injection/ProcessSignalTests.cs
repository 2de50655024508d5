using System.Diagnostics;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Tests.Injection;

[Trait("Ring", "process")]
public sealed class ProcessSignalTests
{
    /// <summary>As the runtime tells of a process that a signal ended.</summary>
    private const int EndedByTerm = 128 + 15;

    [Fact]
    public async Task Send_ProcessThatRuns_Arrives()
    {
        using var process = Process.Start("sleep", ["60"]);

        await ProcessSignal.SendAsync(process.Id, "TERM");

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(EndedByTerm, process.ExitCode);
    }

    /// <summary>Of two signals that wait the kernel hands out the lower number first: TERM would end a process that was to be stopped.</summary>
    [Fact]
    public async Task Send_StopAndThenTerm_LeavesItStopped()
    {
        for (var tries = 0; tries < 50; tries++)
        {
            using var process = Process.Start("sleep", ["60"]);

            await ProcessSignal.SendAsync(process.Id, "STOP");

            Assert.Contains(") T ", await File.ReadAllTextAsync($"/proc/{process.Id}/stat", TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await ProcessSignal.SendAsync(process.Id, "TERM");
            Assert.False(process.HasExited);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Send_ProcessThatIsGone_SaysWhatDidNotArriveUnlessItWasEndedOnPurpose()
    {
        using var process = Process.Start("true");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => ProcessSignal.SendAsync(process.Id, "TERM"));

        Assert.StartsWith($"Process {process.Id} was not sent TERM: ", failed.Message, StringComparison.Ordinal);
        await ProcessSignal.SendAsync(process.Id, "TERM", isEnded: true);
    }
}
