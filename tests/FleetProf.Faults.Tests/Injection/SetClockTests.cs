using System.Diagnostics;
using System.Globalization;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Tests.Injection;

public class SetClockTests
{
    [Fact]
    public async Task Set_WhileTheProcessRuns_MovesItsWallClockAndNoOthers()
    {
        Assert.SkipUnless(SetClock.IsPossible, "There is no C compiler.");
        var clock = new SetClock();
        var start = new ProcessStartInfo("bash", ["-c", "while read -r; do printf '%(%s)T\\n' -1; done"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        clock.GiveTo(start.Environment!);
        using var process = Process.Start(start)!;
        try
        {
            var before = await AskAsync(process);
            clock.Set(TimeSpan.FromHours(1));
            var ahead = await AskAsync(process);
            clock.Set(TimeSpan.Zero);
            var after = await AskAsync(process);

            var own = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            Assert.InRange(before, own - 60, own);
            Assert.InRange(ahead, own + 3600 - 60, own + 3600);
            Assert.InRange(after, own - 60, own);
        }
        finally
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<long> AskAsync(Process process)
    {
        await process.StandardInput.WriteLineAsync("".AsMemory(), TestContext.Current.CancellationToken);
        return long.Parse((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
    }
}
