using System.Diagnostics;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Nettrace;

/// <summary>Rates are by the time that was recorded: the runtime ends every session with an event of its own, be the process ever so quiet.</summary>
[Trait("Ring", "process")]
public sealed class RecordedTimeTests(PlantedRecordings recordings)
{
    private const int QuietMs = 1_500;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Duration_OfAProcessThatAllocatesOnlyAtFirst_IsThatOfItsSession(bool hasRundown)
    {
        await using var planted = await PlantedProcess.StartAsync();
        // What an order needs is compiled before, so that nothing but its end is recorded of the second one below.
        await planted.DoAsync("box", 100_000);
        await planted.DoAsync("burn", 200);
        var file = Path.Combine(recordings.Folder, $"quiet-{hasRundown}.nettrace");
        var began = Stopwatch.GetTimestamp();

        await Recorder.RecordAsync(
            planted.Id,
            Recorder.Allocations,
            file,
            async _ =>
            {
                await planted.DoAsync("box", 100_000);
                await planted.DoAsync("burn", QuietMs);
            },
            hasRundown);

        var longest = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var (summary, _) = recordings.Analyze(file, "alloc");
        Assert.InRange(summary.GetProperty("durationMs").GetDouble(), QuietMs, longest);
    }
}
