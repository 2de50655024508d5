using CsCheck;
using FleetProf.Analysis.Fleet;

namespace FleetProf.Analysis.Tests.Fleet;

public sealed class DeployRecognitionTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Fact]
    public void Recognise_FirstVersion_IsADeployWithoutComparison()
    {
        var outcome = DeployRecognition.Recognise([], [Seen("1.0", 0), Seen("1.0", 5)]);

        Assert.Equal(new DeployFinding("", "1.0", "", At(0)), outcome.Deploys.Single());
        Assert.False(outcome.Deploys[0].IsComparable);
        Assert.Equal(new KnownVersion("", "1.0", At(0), At(5)), outcome.Changed.Single());
    }

    [Fact]
    public void Recognise_NewVersion_NamesWhatRanBefore()
    {
        var outcome = DeployRecognition.Recognise([Known("1.0", 0, 3)], [Seen("1.0", 0), Seen("1.1", 10)]);

        Assert.Equal(new DeployFinding("", "1.1", "1.0", At(10)), outcome.Deploys.Single());
        Assert.True(outcome.Deploys[0].IsComparable);
    }

    [Fact]
    public void Recognise_SeveralNewVersionsAtOnce_AreInTheOrderOfTheirStart()
    {
        var outcome = DeployRecognition.Recognise([], [Seen("1.1", 10), Seen("1.2", 20), Seen("1.0", 0)]);

        Assert.Equal([("1.0", ""), ("1.1", "1.0"), ("1.2", "1.1")], outcome.Deploys.Select(deploy => (deploy.Version, deploy.PreviousVersion)));
    }

    [Fact]
    public void Recognise_AfterARollback_TheRolledBackToVersionRanBefore()
    {
        var outcome = DeployRecognition.Recognise([Known("1.0", 0, 30), Known("1.1", 10, 20)], [Seen("1.2", 40)]);

        Assert.Equal("1.0", outcome.Deploys.Single().PreviousVersion);
    }

    [Fact]
    public void Recognise_OlderVersionDiscoveredLate_HasNothingToCompareWith()
    {
        var outcome = DeployRecognition.Recognise([Known("1.1", 10, 10)], [Seen("1.0", 0)]);

        Assert.Equal(new DeployFinding("", "1.0", "", At(0)), outcome.Deploys.Single());
    }

    [Fact]
    public void Recognise_RestartOfTheOldVersionDuringTheRollout_StillRanBefore()
    {
        var outcome = DeployRecognition.Recognise([Known("1.0", 0, 12)], [Seen("1.1", 11)]);

        Assert.Equal("1.0", outcome.Deploys.Single().PreviousVersion);
    }

    [Fact]
    public void Recognise_OtherEnvironment_KnowsNothingOfThisOne()
    {
        var outcome = DeployRecognition.Recognise([Known("1.0", 0, 0)], [new VersionSighting("staging", "1.1", At(5))]);

        Assert.Equal(new DeployFinding("staging", "1.1", "", At(5)), outcome.Deploys.Single());
    }

    [Fact]
    public void Recognise_WithoutVersion_SaysNothing() => Assert.Same(SightingOutcome.Nothing, DeployRecognition.Recognise([], [Seen("", 0)]));

    [Fact]
    public void Announced_RunningVersion_IsNotComparable() =>
        Assert.False(DeployRecognition.Announced([Known("1.0", 0, 0), Known("1.1", 5, 5)], [], "", "1.1", At(10)).IsComparable);

    /// <summary>1.0 serves all the time, 2.0 was a canary of an hour.</summary>
    [Fact]
    public void Weigh_AfterACanaryThatWasTakenBack_NamesWhatRuns()
    {
        var outcome = DeployRecognition.Recognise([Known("1.0", 0, 0), Known("2.0", 60, 60)], [Seen("2.1", 240)]);

        var weighed = DeployRecognition.Weigh(outcome.Deploys.Single(), [Present("1.0", 9, 240, 0), Present("2.0", 0, 120, 60)]);

        Assert.Equal(new DeployFinding("", "2.1", "1.0", At(240)), weighed);
    }

    [Theory]
    [InlineData(9, 1, "1.0")]
    [InlineData(1, 9, "1.1")]
    [InlineData(5, 5, "1.1")]
    public void Weigh_WhileTwoVersionsRun_NamesTheOneOfMostInstances(int older, int newer, string expected)
    {
        var finding = new DeployFinding("", "1.2", "1.1", At(240));

        Assert.Equal(expected, DeployRecognition.Weigh(finding, [Present("1.0", older, 240, 0), Present("1.1", newer, 240, 60)]).PreviousVersion);
    }

    [Fact]
    public void Weigh_WhileNothingRuns_NamesWhatWasSeenLast()
    {
        var finding = new DeployFinding("", "2.1", "2.0", At(240));

        Assert.Equal("1.0", DeployRecognition.Weigh(finding, [Present("1.0", 0, 239, 0), Present("2.0", 0, 120, 60)]).PreviousVersion);
    }

    [Fact]
    public void Weigh_WithoutInstancesOfOthersThere_ChangesNothing()
    {
        var finding = new DeployFinding("", "1.2", "1.1", At(240));

        Assert.Same(finding, DeployRecognition.Weigh(finding, [Present("1.2", 3, 240, 240), Present("1.0", 3, 240, 0) with { Environment = "staging" }]));
    }

    [Theory]
    [InlineData("1.0", 0, 9, "1.1")]
    [InlineData("1.0", 6, 4, "1.1")]
    [InlineData("1.0", 9, 0, "1.0")]
    [InlineData("1.1", 4, 6, "1.1")]
    [InlineData("1.0", 0, 0, "1.1")]
    public void Announced_KnownVersion_ReplacesOrRestartsWhatRunsAndWasStartedLast(string version, int older, int newer, string expected)
    {
        var finding = DeployRecognition.Announced([Known("1.0", 0, 0), Known("1.1", 60, 60)], [Present("1.0", older, 240, 0), Present("1.1", newer, 240, 60)], "", version, At(240));

        Assert.Equal(expected, finding.PreviousVersion);
    }

    /// <summary>However sightings are grouped, repeated and interrupted: every version is a deploy exactly once, and known with its first and latest start.</summary>
    [Fact]
    public void Recognise_AnyGrouping_FindsEachVersionOnce()
    {
        var sighting = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 4], Gen.Int[0, 50]).Select(drawn => new VersionSighting($"e{drawn.Item1}", $"v{drawn.Item2}", At(drawn.Item3)));
        sighting.Array[1, 6].Array[1, 8].Sample(batches =>
        {
            var known = new Dictionary<(string, string), KnownVersion>();
            var deploys = new List<DeployFinding>();
            foreach (var batch in batches.Concat(batches))
            {
                var outcome = DeployRecognition.Recognise(known.Values, batch);
                deploys.AddRange(outcome.Deploys);
                foreach (var version in outcome.Changed)
                {
                    known[(version.Environment, version.Version)] = version;
                }
            }

            var all = batches.SelectMany(batch => batch).GroupBy(seen => (seen.Environment, seen.Version)).ToList();
            return deploys.Count == all.Count
                && all.All(seen => deploys.Count(deploy => (deploy.Environment, deploy.Version) == seen.Key) == 1)
                && all.All(seen => known[seen.Key] == new KnownVersion(seen.Key.Environment, seen.Key.Version, seen.Min(one => one.StartedAt), seen.Max(one => one.StartedAt)))
                && deploys.All(deploy => deploy.PreviousVersion != deploy.Version);
        });
    }

    private static DateTimeOffset At(int minutes) => Start.AddMinutes(minutes);

    private static VersionSighting Seen(string version, int minutes) => new("", version, At(minutes));

    private static VersionPresence Present(string version, int running, int lastSeen, int latestStart) => new("", version, running, At(lastSeen), At(latestStart));

    private static KnownVersion Known(string version, int first, int latest) => new("", version, At(first), At(latest));
}
