using System.Collections;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Rollups;

public sealed class TrendReaderTests : IDisposable
{
    private const int WindowsOfADay = 8_640;

    private readonly TrendRig rig = new();

    /// <summary>A damaged row is met when its turn comes, not before.</summary>
    [Fact]
    public async Task Windows_OfAService_AreReadWhenTheyAreAskedFor()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch([.. Enumerable.Range(0, 10).Select(minute => With(Create("a", minute * 6, 5)))]));
        rig.Clock.SetUtcNow(Noon.AddHours(1));
        await rig.Roller.RollAsync();
        var range = Range(Noon.AddMinutes(10), TrendLevel.MinuteMs);
        Task<T> FoldAsync<T>(Func<IEnumerable<FleetWindow>, T> make) => rig.Reader.FoldServiceAsync([], ("shop", null), range, TrendLevel.MinuteMs, make, CancellationToken.None);
        var all = await FoldAsync(windows => windows.ToList());
        var first = all[0].Sum.StartMs;
        await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            "UPDATE trend_groups SET longest = @damaged WHERE window_start <> @first", new { damaged = new byte[] { 255 }, first }, transaction));

        Assert.Equal(10, all.Count);
        Assert.Equal(first, await FoldAsync(windows => windows.First().Sum.StartMs));
        await Assert.ThrowsAnyAsync<Exception>(() => FoldAsync(windows => windows.Count()));
    }

    /// <summary>They are added up day by day.</summary>
    [Fact]
    public async Task Windows_OfDaysThatAreNotRolledUp_AreThoseOfEachInstanceAddedUp()
    {
        rig.Clock.SetUtcNow(Noon.AddDays(3));
        var random = new Random(6);
        await StoreAsync([.. ((string[])["a", "b"]).SelectMany(instance => Enumerable.Range(0, 400).Select(_ => random.Next(3 * WindowsOfADay)).Distinct()
            .Select(index => With(Create(instance, index, random.Next(1, 40)))))]);
        var range = Range(Noon.AddDays(3), TrendLevel.QuarterMs);
        var instances = await rig.Reader.ListInstancesAsync("shop", range.FromMs, range.ToMs);
        var each = await rig.Reader.ReadInstancesAsync([.. instances.Select(instance => instance.InstanceId)], range, TrendLevel.QuarterMs, withLongest: true);
        var expected = each.GroupBy(window => window.StartMs).Select(group => Text(FleetWindow.Of(group, group.Key))).ToList();

        var ofSome = await rig.Reader.FoldServiceAsync(instances, null, range, TrendLevel.QuarterMs, windows => windows.Select(Text).ToList(), CancellationToken.None);
        var ofAll = await rig.Reader.FoldServiceAsync(instances, ("shop", null), range, TrendLevel.QuarterMs, windows => windows.Select(Text).ToList(), CancellationToken.None);

        Assert.True(expected.Count > 200);
        Assert.Equal(expected.Order(StringComparer.Ordinal), ofSome.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), ofAll.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Windows_OfARangeToTheEndOfTime_AreLookedForOnlyWhereTheInstancesWere()
    {
        await StoreAsync([Create("a", 0, 1), Create("a", 5, 2)]);
        var range = TrendRange.Around(0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), TrendLevel.QuarterMs);
        var instances = await rig.Reader.ListInstancesAsync("shop", range.FromMs, range.ToMs);
        var looks = 0;
        var watched = new WatchedInstances(instances, () => Assert.True(++looks < 100, "It looks at them day by day."));

        var found = await rig.Reader.FoldServiceAsync(watched, null, range, TrendLevel.QuarterMs, windows => windows.ToList(), CancellationToken.None);

        Assert.Equal(2, Assert.Single(found).Sum.Gen0Count);
    }

    /// <summary>Cancelled at the last look that is taken at an instance, which is before its windows are read.</summary>
    [Fact]
    public async Task Windows_OfSeveralInstances_AreReadNoFurtherOnceCancelled()
    {
        await StoreAsync([Create("a", 0, 1), Create("b", 1, 1), Create("c", 2, 1)]);
        var range = Range(Noon.AddMinutes(1), TrendLevel.WindowMs);
        var instances = await rig.Reader.ListInstancesAsync("shop", range.FromMs, range.ToMs);
        Task<List<FleetWindow>> ReadAsync(Action onLook, CancellationToken cancellationToken) =>
            rig.Reader.ReadServiceAsync(new WatchedInstances(instances, onLook), ("shop", null), range, TrendLevel.WindowMs, cancellationToken);
        var left = 0;
        Assert.Equal(3, (await ReadAsync(() => left++, CancellationToken.None)).Count);
        using var cancelling = new CancellationTokenSource();

        var read = ReadAsync(
            () =>
            {
                if (--left == 0)
                {
                    cancelling.Cancel();
                }
            },
            cancelling.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(0, left);
    }

    [Fact]
    public async Task Windows_OfSeveralDays_AreReadNoFurtherOnceCancelled()
    {
        rig.Clock.SetUtcNow(Noon.AddDays(3));
        await StoreAsync([Create("a", 0, 1), Create("a", WindowsOfADay, 1), Create("a", 2 * WindowsOfADay, 1)]);
        var range = Range(Noon.AddDays(3), TrendLevel.QuarterMs);
        var instances = await rig.Reader.ListInstancesAsync("shop", range.FromMs, range.ToMs);
        using var cancelling = new CancellationTokenSource();
        var seen = 0;

        var read = rig.Reader.FoldServiceAsync(
            instances,
            null,
            range,
            TrendLevel.QuarterMs,
            windows =>
            {
                foreach (var window in windows)
                {
                    seen += window.Instances;
                    cancelling.Cancel();
                }

                return true;
            },
            cancelling.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(1, seen);
    }

    public void Dispose() => rig.Dispose();

    private static TrendRange Range(DateTimeOffset to, long levelMs) => new(Noon.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), levelMs);

    private static VitalsWindow With(VitalsWindow window)
    {
        window.Longest.Add(new LongGc { Number = 1, PauseMs = window.MaxPauseMs, EndedUnixMs = window.WindowStartUnixMs + 5 });
        return window;
    }

    private static string Text(FleetWindow window) =>
        $"{window.Sum.StartMs} {window.Instances} {window.Sum.Gen0Count} {Convert.ToHexString(window.Sum.Sketches)} {string.Join(',', window.Sum.Longest.Select(gc => $"{gc.InstanceId}@{gc.EndedMs}"))}";

    private Task StoreAsync(IReadOnlyList<VitalsWindow> windows) => rig.Table.UpsertAsync(
        [.. windows.Select(window => ReportedWindow.Read(window, rig.Clock.GetUtcNow().AddHours(1))!)],
        [.. windows.Select(window => window.InstanceId).Distinct().Select(id => new InstanceOwner { InstanceId = id, AgentId = "agent", Service = "shop", Version = "1.0" })]);

    /// <summary>Tells of every look at one of them.</summary>
    private sealed class WatchedInstances(IReadOnlyList<InstanceOwner> instances, Action onLook) : IReadOnlyList<InstanceOwner>
    {
        public int Count => instances.Count;

        public InstanceOwner this[int index] => instances[index];

        public IEnumerator<InstanceOwner> GetEnumerator()
        {
            foreach (var instance in instances)
            {
                onLook();
                yield return instance;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
