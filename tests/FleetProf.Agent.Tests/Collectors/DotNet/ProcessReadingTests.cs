using FleetProf.Agent.Collectors.DotNet;

namespace FleetProf.Agent.Tests.Collectors.DotNet;

public class ProcessReadingTests
{
    [Fact]
    public void Parse_NameWithSpacesAndParentheses_FindsTheFields()
    {
        var reading = ProcessReading.Parse("42 (my (odd) app) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 17 0 987654 1000000 300 18446744073709551615 1 1");
        Assert.Equal(new ProcessReading(3.0, 300 * Environment.SystemPageSize, 17, 987654, 'S'), reading);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (cut")]
    [InlineData("42 (cut) S 1 2")]
    public void Parse_Cut_IsNull(string stat) => Assert.Null(ProcessReading.Parse(stat));

    [Fact]
    public void Read_Self_IsPlausible()
    {
        var reading = ProcessReading.Read(Environment.ProcessId)!.Value;
        Assert.InRange(reading.WorkingSetBytes, 10_000_000, 4_000_000_000);
        Assert.InRange(reading.ThreadCount, 2, 500);
        Assert.True(ProcessReading.IsAlive(Environment.ProcessId));
    }

    [Fact]
    public void Read_NoSuchProcess_IsNull()
    {
        Assert.Null(ProcessReading.Read(int.MaxValue));
        Assert.False(ProcessReading.IsAlive(int.MaxValue));
    }

    /// <summary>What is swapped out, or in pages of the pool of huge ones, is no part of what is resident.</summary>
    [Fact]
    public void PrivateBytes_OfAStatusWithSwapAndHugePages_CountsThem()
    {
        const string Status = "Name:\tRssAnon: 9 kB\nVmRSS:\t   70000 kB\nRssAnon:\t   40000 kB\nRssFile:\t   30000 kB\nVmSwap:\t  500000 kB\nHugetlbPages:\t 2048000 kB\nThreads:\t7\n";

        Assert.Equal((40_000 + 500_000 + 2_048_000) * 1024L, ProcessReading.PrivateBytes(Status));
        Assert.Equal((70_000 + 500_000) * 1024L, ProcessReading.PrivateBytes("VmRSS:\t   70000 kB\nVmSwap:\t  500000 kB\n"));
    }

    /// <summary>A zombie, and a process that is gone: nothing would pass for a small heap.</summary>
    [Fact]
    public void PrivateBytes_ThatNobodyTells_AreNotZero()
    {
        Assert.Null(ProcessReading.PrivateBytes("Name:\tx\nState:\tZ (zombie)\n"));
        Assert.Null(ProcessReading.PrivateBytes(int.MaxValue));
        Assert.InRange(ProcessReading.PrivateBytes(Environment.ProcessId)!.Value, 5_000_000, 4_000_000_000);
    }

    /// <summary>No such file, no such process; too many open files of ours or of the host, no right.</summary>
    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(24, true)]
    [InlineData(23, true)]
    [InlineData(13, true)]
    public void IsAlive_ReadFailed_IsEndedOnlyWhereTheErrorSaysSo(int error, bool isAlive) => Assert.Equal(isAlive, ProcessReading.IsAlive(null, error));

    [Theory]
    [InlineData('S', true)]
    [InlineData('Z', false)]
    [InlineData('X', false)]
    public void IsAlive_ByState_ZombiesHaveEnded(char state, bool isAlive) => Assert.Equal(isAlive, ProcessReading.IsAlive(new ProcessReading(0, 0, 0, 0, state), 0));
}
