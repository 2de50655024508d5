using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Control;

/// <summary>Agents that follow each other on one host, whose clock is set meanwhile.</summary>
public sealed class LivedTimeTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("fleetprof-lived-").FullName;
    private readonly SteppedClock clock = new();
    private readonly StateFolder folder;

    public LivedTimeTests() => folder = new StateFolder(path);

    [Fact]
    public void Windows_OfATimeThatAgentsBeforeHaveLived_BeginWhereNoneOfTheirsDoes()
    {
        var begin = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var first = Handed(Start(), begin, begin + 10_000, begin + 20_000);
        clock.Step(TimeSpan.FromHours(-1));
        // As after kill -9, once more: nothing is disposed.
        var again = Handed(Start(), begin, begin + 10_000, begin + 20_000, begin + 30_000);
        var last = Handed(Start(), begin, begin + 10_000, begin + 30_000, begin + 40_000);

        Assert.Equal([0L, 10_000, 20_000], first.Select(window => window.WindowStartUnixMs - begin));
        Assert.Equal([10L, 10_010, 20_010, 30_000], again.Select(window => window.WindowStartUnixMs - begin));
        Assert.Equal([20L, 10_020, 30_020, 40_000], last.Select(window => window.WindowStartUnixMs - begin));
        Assert.Equal((9_990u, 9_990u, 10_000u), (again[0].WindowMs, again[0].ObservedMs, again[3].WindowMs));
    }

    [Fact]
    public void Preview_OfATimeThatWasLived_BeginsWhereItsWindowWill()
    {
        var begin = clock.GetUtcNow().ToUnixTimeMilliseconds();
        Handed(Start(), begin);
        clock.Step(TimeSpan.FromHours(-1));
        var lived = Start();
        VitalsWindow[] preview = [Window(begin)];

        lived.SetApart(preview);

        Assert.Equal(Handed(lived, begin)[0].WindowStartUnixMs, preview[0].WindowStartUnixMs);
    }

    [Fact]
    public void Windows_AfterAnOrdinaryRestart_BeginAtTheMultiple()
    {
        var begin = clock.GetUtcNow().ToUnixTimeMilliseconds();
        Handed(Start(), begin - 10_000, begin);
        clock.Advance(TimeSpan.FromSeconds(4));

        var next = Handed(Start(), begin + 4_000, begin + 10_000);

        Assert.Equal([4_000L, 10_000], next.Select(window => window.WindowStartUnixMs - begin));
    }

    /// <summary>The silo has taken nothing of it.</summary>
    [Fact]
    public void Windows_AfterAClockThatWasWrongByYears_BeginAtTheMultiple()
    {
        var begin = clock.GetUtcNow().ToUnixTimeMilliseconds();
        Handed(Start(), begin + (long)TimeSpan.FromDays(5_000).TotalMilliseconds);

        Assert.Equal(begin, Assert.Single(Handed(Start(), begin)).WindowStartUnixMs);
    }

    [Fact]
    public void Record_Torn_IsBegunAnew()
    {
        File.WriteAllBytes(folder.PathOf("lived-time"), [1, 2, 3]);
        var begin = clock.GetUtcNow().ToUnixTimeMilliseconds();

        Assert.Equal(begin, Assert.Single(Handed(Start(), begin)).WindowStartUnixMs);
    }

    public void Dispose()
    {
        folder.Dispose();
        Directory.Delete(path, recursive: true);
    }

    private LivedTime Start() => new(folder, clock);

    private static VitalsWindow[] Handed(LivedTime lived, params long[] starts)
    {
        VitalsWindow[] windows = [.. starts.Select(Window)];
        lived.Remember(windows);
        lived.SetApart(windows);
        return windows;
    }

    private static VitalsWindow Window(long start) => new() { InstanceId = "i", WindowStartUnixMs = start, WindowMs = (uint)(10_000 - start % 10_000), ObservedMs = 10_000 };
}
