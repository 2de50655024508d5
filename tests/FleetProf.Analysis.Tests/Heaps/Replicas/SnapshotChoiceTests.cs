using FleetProf.Analysis.Heaps.Replicas;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Tests.Heaps.Replicas;

public sealed class SnapshotChoiceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Choice_OfFewSnapshots_IsAllOfThem()
    {
        ReplicaSnapshot[] snapshots = [.. Snapshots("a", 3), .. Snapshots("b", 2)];

        Assert.Equal(snapshots, SnapshotChoice.Of(snapshots, 5));
    }

    [Fact]
    public void Choice_OfMoreThanThereIsPlaceFor_HasTheFirstTheLastAndSomeBetweenOfEachReplica()
    {
        ReplicaSnapshot[] snapshots = [.. Snapshots("a", 101), .. Snapshots("b", 2), .. Snapshots("c", 11)];

        var chosen = SnapshotChoice.Of(snapshots, 12);

        Assert.Equal(["a-0", "a-25", "a-50", "a-75", "a-100", "b-0", "b-1", "c-0", "c-2", "c-5", "c-7", "c-10"], chosen.Select(snapshot => snapshot.Id));
    }

    [Fact]
    public void Choice_OfMoreReplicasThanThereIsPlaceFor_HasTwoOfThoseWithMostSnapshots()
    {
        ReplicaSnapshot[] snapshots = [.. Snapshots("a", 2), .. Snapshots("b", 3), .. Snapshots("c", 9), .. Snapshots("d", 1)];

        Assert.Equal(["b-0", "b-2", "c-0", "c-8"], SnapshotChoice.Of(snapshots, 4).Select(snapshot => snapshot.Id));
    }

    [Fact]
    public void Choice_WithIncompleteSnapshots_KeepsThemForTheCount()
    {
        ReplicaSnapshot[] snapshots = [.. Snapshots("a", 3), .. Snapshots("b", 3).Select(snapshot => snapshot with { IsComplete = false })];

        Assert.Equal(["a-0", "a-2", "b-0", "b-1", "b-2"], SnapshotChoice.Of(snapshots, 2).Select(snapshot => snapshot.Id));
    }

    private static IEnumerable<ReplicaSnapshot> Snapshots(string replica, int count) =>
        Enumerable.Range(0, count).Select(hour => new ReplicaSnapshot($"{replica}-{hour}", replica, Start.AddHours(hour), IsComplete: true, _ => Task.FromResult<TypeTree?>(null)));
}
