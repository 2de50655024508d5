using FleetProf.Faults.History;
using FleetProf.Faults.Memory;

namespace FleetProf.Faults.Tests.Memory;

public sealed class MemoryJudgeTests
{
    private const double Megabyte = 1048576;
    private const double ResidentMegabytes = 300;

    /// <summary>Some hundred kilobytes to and fro, now and then some megabytes that were not given back yet, and a warm-up that rises steeply.</summary>
    [Theory]
    [InlineData(0, 0.3, MemoryVerdict.Kept)]
    [InlineData(0.5, 0.3, MemoryVerdict.Kept)]
    [InlineData(3, 0.3, MemoryVerdict.Leak)]
    [InlineData(1, 6, MemoryVerdict.NotDecided)]
    public void Judge_GrowthUnderNoise_IsSaidOnlyWhereTheWholeIntervalSaysIt(double percentPerHour, double noiseMegabytes, object verdict)
    {
        var judged = Assert.Single(MemoryJudge.Judge(Growing(7, percentPerHour, noiseMegabytes, minutes: 80)));

        Assert.Equal((MemoryVerdict)verdict, judged.Verdict);
        Assert.InRange(percentPerHour, judged.PercentPerHour!.Low, judged.PercentPerHour.High);
        Assert.Equal(51, judged.Late.Count);
    }

    /// <summary>What is free is given back each minute, but a reading comes at any time: up to twelve megabytes lie in them that say nothing.</summary>
    [Theory]
    [InlineData(0, MemoryVerdict.Kept)]
    [InlineData(4, MemoryVerdict.Leak)]
    public void Judge_FreedMemoryThatWasNotGivenBackYet_NeitherHidesASlopeNorMakesOne(double percentPerHour, object verdict)
    {
        var random = new Random(3);
        var history = Growing(7, percentPerHour, 0, minutes: 110)
            .Select(line => line with { Memory = line.Memory! with { Native = line.Memory!.Native + (long)(12 * Megabyte * random.NextDouble()) } }).ToList();

        Assert.Equal((MemoryVerdict)verdict, Assert.Single(MemoryJudge.Judge(history)).Verdict);
    }

    [Fact]
    public void Judge_TheSameReadingsAgain_GivesTheSameInterval()
    {
        var history = Growing(7, 0.5, 0.3, minutes: 60);

        Assert.Equal(MemoryJudge.Judge(history)[0].PercentPerHour, MemoryJudge.Judge(history)[0].PercentPerHour);
    }

    /// <summary>Each of them grows by far; only one is long enough there to say so.</summary>
    [Fact]
    public void Judge_ProcessThatWasStartedAgain_IsAnotherOne()
    {
        var judged = MemoryJudge.Judge([.. Growing(7, 30, 0.3, minutes: 51), .. Growing(8, 30, 0.3, minutes: 49), .. Growing(9, 30, 0.3, minutes: 29)]);

        Assert.Equal([(7, MemoryVerdict.Leak), (8, MemoryVerdict.NotJudged), (9, MemoryVerdict.NotJudged)], judged.Select(process => (process.Pid, process.Verdict)));
        var lines = MemoryJudge.Lines(judged).ToList();
        Assert.Equal(3, lines.Count);
        Assert.Contains("LEAK", lines[0], StringComparison.Ordinal);
        Assert.Contains("20 readings over 19.0 min", lines[1], StringComparison.Ordinal);
        Assert.Equal("memory: 0 processes kept, 1 leak, 0 not decided, 2 not judged", lines[2]);
    }

    [Fact]
    public void Judge_CollectionsThatCouldNotBeMade_AreNoReadings()
    {
        var history = Growing(7, 0, 0.3, minutes: 80).Select(line => line.Memory!.AgeMs % 120_000 == 0 ? line : line with { Memory = line.Memory! with { Live = null } }).ToList();

        var judged = Assert.Single(MemoryJudge.Judge(history));

        Assert.Equal((26, 25), (judged.Late.Count, judged.Failed));
        Assert.Equal(MemoryVerdict.NotJudged, MemoryJudge.Judge([.. history.Select(line => line with { Memory = line.Memory! with { Native = null } })])[0].Verdict);
    }

    /// <summary>Ten captures a minute, and a megabyte an hour.</summary>
    [Fact]
    public void Judge_GrowthWithCaptures_IsTold()
    {
        var judged = MemoryJudge.Judge(Growing(7, 100 / ResidentMegabytes, 0, minutes: 80))[0];

        Assert.InRange(judged.BytesPerCapture!.Value, Megabyte / 600 - 1, Megabyte / 600 + 1);
        Assert.Contains(" bytes of both a capture", judged.ToString(), StringComparison.Ordinal);
    }

    private static List<HistoryEvent> Growing(int pid, double percentPerHour, double noiseMegabytes, int minutes)
    {
        var random = new Random(pid);
        var history = new List<HistoryEvent>();
        for (var minute = 0; minute <= minutes; minute++)
        {
            var noise = noiseMegabytes * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var grown = (ResidentMegabytes * percentPerHour / 100 * minute / 60) + noise + (noiseMegabytes > 0 && minute % 13 == 0 ? 5 : 0) - (2 * Math.Max(0, 30 - minute));
            history.Add(new()
            {
                Kind = HistoryKind.Memory,
                At = minute * 60_000,
                Memory = new()
                {
                    Process = "silo1", Pid = pid, AgeMs = minute * 60_000, Live = (long)(60 * Megabyte), Native = (long)((90 + grown) * Megabyte),
                    Resident = (long)(ResidentMegabytes * Megabyte), Captures = minute * 10,
                },
            });
        }

        return history;
    }
}
