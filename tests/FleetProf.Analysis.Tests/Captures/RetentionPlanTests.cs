using FleetProf.Analysis.Captures;

namespace FleetProf.Analysis.Tests.Captures;

public sealed class RetentionPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Decide_OlderThanKept_GoesUnlessItMayNot() => Assert.Equal(
        [("a", RetentionCause.Age)],
        Decide([Capture("a", "checkout", days: 31, 10), Capture("b", "checkout", days: 40, 10, mayGo: false), Capture("c", "checkout", days: 29, 10)]));

    [Fact]
    public void Decide_ServiceOverItsShare_LosesItsOldestAndNobodyElses() => Assert.Equal(
        [("b", RetentionCause.ServiceShare), ("c", RetentionCause.ServiceShare)],
        Decide(
            [Capture("a", "other", days: 20, 60), Capture("b", "checkout", days: 9, 30), Capture("c", "checkout", days: 8, 30), Capture("d", "checkout", days: 7, 60)],
            Limits with { ServiceBytes = 60 }));

    [Fact]
    public void Decide_HeldCapturesOverTheLimit_CountAndStay() => Assert.Equal(
        [("b", RetentionCause.TotalSize)],
        Decide([Capture("a", "checkout", days: 9, 500, mayGo: false), Capture("b", "checkout", days: 8, 10)], Limits with { KeepBytes = 100 }));

    [Fact]
    public void Decide_YoungCaptures_StayAlsoWhereSpaceIsShort() => Assert.Equal(
        [("a", RetentionCause.LowDisk)],
        Decide([Capture("a", "checkout", days: 1, 10), Capture("b", "checkout", days: 0, 10)], Limits with { MissingBytes = 1_000, KeepAtLeast = TimeSpan.FromHours(1) }));

    [Fact]
    public void Decide_VolumeShort_TakesNoMoreThanItLacksAndCountsWhatGoesAnyway() => Assert.Equal(
        [("a", RetentionCause.Age), ("b", RetentionCause.LowDisk)],
        Decide([Capture("a", "x", days: 31, 10), Capture("b", "y", days: 9, 10), Capture("c", "z", days: 8, 10)], Limits with { MissingBytes = 15 }));

    /// <summary>Against a slow statement of the rules: after a plan every limit holds, or nothing that may go is left to meet it; and the last of each rule was needed.</summary>
    [Fact]
    public void Decide_RandomStores_MeetsLimitsWithNoRemovalToSpare()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var captures = Enumerable.Range(0, random.Next(1, 30))
                .Select(i => Capture($"c{i:d2}", $"s{random.Next(4)}", random.Next(0, 40), random.Next(1, 100), random.Next(4) > 0)).ToList();
            var limits = Limits with { KeepBytes = random.Next(100, 1500), ServiceBytes = random.Next(50, 600), MissingBytes = random.Next(2) * random.Next(500) };
            var plan = RetentionPlan.Decide(captures, limits, Now, Now);
            var left = captures.Except(plan.Select(step => step.Capture)).ToList();
            Assert.All(plan, step => Assert.True(step.Capture.MayGo));
            Assert.DoesNotContain(left, capture => capture.MayGo && Now - capture.ReceivedAt > limits.KeepFor);
            Assert.True(left.Sum(capture => capture.Bytes) <= limits.KeepBytes || !left.Exists(capture => capture.MayGo));
            Assert.All(left.GroupBy(capture => capture.Service), service => Assert.True(service.Sum(capture => capture.Bytes) <= limits.ServiceBytes || !service.Any(capture => capture.MayGo)));
            Assert.True(plan.Sum(step => step.Capture.Bytes) >= limits.MissingBytes || !left.Exists(capture => capture.MayGo));
            if (plan.LastOrDefault(step => step.Cause == RetentionCause.LowDisk).Capture is { } last)
            {
                Assert.True(plan.Sum(step => step.Capture.Bytes) - last.Bytes < limits.MissingBytes);
            }
        }
    }

    /// <summary>A clock on trial: what came since it jumped is of the future by the time that is believed.</summary>
    [Fact]
    public void Decide_WhatCameByAClockOnTrial_MayGoForSpaceAndNotByAge() => Assert.Equal(
        [("a", RetentionCause.LowDisk)],
        RetentionPlan.Decide([Capture("a", "x", days: -40, 10), Capture("b", "x", days: -41, 10)], Limits with { MissingBytes = 5 }, Now, Now.AddDays(41)).Select(step => (step.Capture.CaptureId, step.Cause)));

    private static RetentionLimits Limits { get; } = new() { KeepFor = TimeSpan.FromDays(30), KeepBytes = long.MaxValue, ServiceBytes = long.MaxValue };

    private static KeptCapture Capture(string id, string service, int days, long bytes, bool mayGo = true) => new(id, service, Now - TimeSpan.FromDays(days), bytes, mayGo);

    private static IEnumerable<(string, RetentionCause)> Decide(IEnumerable<KeptCapture> captures, RetentionLimits? limits = null) =>
        RetentionPlan.Decide(captures, limits ?? Limits, Now, Now).Select(step => (step.Capture.CaptureId, step.Cause));
}
