using FleetProf.Analysis.Campaigns;

namespace FleetProf.Analysis.Tests.Campaigns;

public sealed class DraftCheckTests
{
    private static readonly FleetInstance[] Fleet =
    [
        Instance("a1", "checkout", "1.0"),
        Instance("a2", "checkout", "1.1") with { Labels = new Dictionary<string, string> { ["zone"] = "b" } },
        Instance("b1", "catalog", "2.0"),
        Instance("c1", "legacy", "1.0") with { Obstacle = "diagnostics are off" },
    ];

    private static CampaignDraft Good => new()
    {
        Services = ["checkout"], Kinds = ["trace"], SampleSize = 1, DurationSeconds = 10, MaxConcurrentPerService = 1,
        Deadline = TimeSpan.FromHours(1), MaxBytes = 256_000_000,
    };

    [Fact]
    public void Problems_OfAGoodDraft_AreNone() => Assert.Empty(DraftCheck.Problems(Good, Fleet));

    [Fact]
    public void Problems_OfADraftThatIsWrongEverywhere_AreAllReportedAtOnce()
    {
        var draft = new CampaignDraft
        {
            Name = "two\nlines", Reason = new string('x', 1_001), Services = ["chekout"], InstanceIds = ["nobody"], Kinds = [], DurationSeconds = 0,
            MaxConcurrentPerService = 0, Deadline = TimeSpan.Zero, MaxBytes = 0, CronProblem = "This is no cron expression.",
        };

        Assert.Equal(
            ["cron", "deadline", "durationSeconds", "kinds", "maxBytes", "maxConcurrentPerService", "name", "reason", "sampleSize", "selector.instanceIds", "selector.services"],
            DraftCheck.Problems(draft, Fleet).Select(problem => problem.Field).Order());
    }

    [Fact]
    public void Problems_OfMoreInstanceIdsThanAreLookedUp_AreOneAboutTheirNumber()
    {
        var ids = Enumerable.Range(0, DraftCheck.MaxInstanceIds + 1).Select(number => $"i{number}").ToList();
        var problem = Assert.Single(DraftCheck.Problems(Good with { InstanceIds = ids }, Fleet));
        var most = DraftCheck.Problems(Good with { InstanceIds = [.. ids.Skip(1)] }, Fleet);

        Assert.Equal("selector.instanceIds", problem.Field);
        Assert.Contains("1001 instance ids, a campaign names at most 1000", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(most, other => other.Message.Contains("at most", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, "sampleSize")]
    [InlineData(1, 0.5, "sampleSize")]
    [InlineData(0, null, "sampleSize")]
    [InlineData(-3, null, "sampleSize")]
    [InlineData(null, 0.0, "sampleFraction")]
    [InlineData(null, 1.01, "sampleFraction")]
    [InlineData(null, double.NaN, "sampleFraction")]
    public void Problems_OfAnImpossibleSample_NameTheField(int? size, double? fraction, string field) =>
        Assert.Equal(field, Assert.Single(DraftCheck.Problems(Good with { SampleSize = size, SampleFraction = fraction }, Fleet)).Field);

    [Theory]
    [InlineData("gc", "gc")]
    [InlineData("gc", null)]
    public void Problems_OfImpossibleKinds_NameTheField(string? first, string? second) =>
        Assert.Equal("kinds", Assert.Single(DraftCheck.Problems(Good with { Kinds = [first, second] }, Fleet)).Field);

    [Theory]
    [InlineData(500, null)]
    [InlineData(0.5, "maxStallMs")]
    [InlineData(60_001, "maxStallMs")]
    [InlineData(double.NaN, "maxStallMs")]
    public void Problems_OfALimitOfTheStall_NameTheField(double limit, string? field) =>
        Assert.Equal(field, DraftCheck.Problems(Good with { MaxStallMs = limit }, Fleet).SingleOrDefault()?.Field);

    [Theory]
    [InlineData("Trace", null, null)]
    [InlineData("Gc", null, "no capture of kind gc; it has trace, alloc")]
    [InlineData("Trace", 50.0, "cannot be captured at a pause")]
    public void Problems_OfAnInstanceThatHasNotAllKinds_NameWhatItLacks(string kind, double? whenPauseOverMs, string? message)
    {
        FleetInstance[] fleet = [Instance("g1", "stock", "1.0") with { Kinds = ["trace", "alloc"], CanWaitForPause = false }];

        var problems = DraftCheck.Problems(Good with { Services = ["stock"], Kinds = [kind], WhenPauseOverMs = whenPauseOverMs }, fleet);

        if (message is null) Assert.Empty(problems);
        else Assert.Contains(message, Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50, "gc", 60, null)]
    [InlineData(0.5, "gc", 60, "whenPauseOverMs")]
    [InlineData(60_001, "gc", 60, "whenPauseOverMs")]
    [InlineData(double.NaN, "gc", 60, "whenPauseOverMs")]
    [InlineData(50, "Gcdump", 60, "kinds")]
    [InlineData(50, "gc", 2, "deadline")]
    public void Problems_OfAWaitForAPause_NameTheField(double limit, string kind, int minutes, string? field) => Assert.Equal(
        field, DraftCheck.Problems(Good with { WhenPauseOverMs = limit, Kinds = [kind], Deadline = TimeSpan.FromMinutes(minutes) }, Fleet).SingleOrDefault()?.Field);

    [Fact]
    public void Problems_WhenNobodyFits_SayWhy()
    {
        var wrongVersion = Assert.Single(DraftCheck.Problems(Good with { Version = "9.9" }, Fleet));
        var blocked = Assert.Single(DraftCheck.Problems(Good with { Services = ["legacy"] }, Fleet));

        Assert.Equal(("selector", true), (wrongVersion.Field, wrongVersion.Message.Contains("version", StringComparison.Ordinal)));
        Assert.Equal(("selector", true), (blocked.Field, blocked.Message.Contains("diagnostics are off", StringComparison.Ordinal)));
    }

    [Fact]
    public void Problems_OfADeadlineBelowOneRecording_NameIt() =>
        Assert.Equal("deadline", Assert.Single(DraftCheck.Problems(Good with { DurationSeconds = 120, Deadline = TimeSpan.FromSeconds(90) }, Fleet)).Field);

    [Fact]
    public void Problems_OfTooManyCaptures_NameTheSample()
    {
        var fleet = Enumerable.Range(0, 2_501).Select(index => Instance($"i{index}", "checkout", "1.0")).ToArray();

        Assert.Equal("sampleFraction", Assert.Single(DraftCheck.Problems(Good with { SampleSize = null, SampleFraction = 1, Kinds = ["trace", "gc"] }, fleet)).Field);
        Assert.Empty(DraftCheck.Problems(Good with { SampleSize = 2_500, Kinds = ["trace", "gc"] }, fleet));
    }

    [Fact]
    public void Population_OfASelector_FitsAllConditions()
    {
        Assert.Equal(["a1", "a2"], Ids(Good));
        Assert.Equal(["a2"], Ids(Good with { Version = "1.1" }));
        Assert.Equal(["a2"], Ids(Good with { Labels = new Dictionary<string, string> { ["zone"] = "b" } }));
        Assert.Equal(["a1", "b1"], Ids(Good with { Services = [], InstanceIds = ["a1", "b1", "c1"] }));
        Assert.Equal(["a1"], Ids(Good with { InstanceIds = ["a1", "b1"] }));
        Assert.Empty(Ids(Good with { Services = [] }));
    }

    private static IEnumerable<string> Ids(CampaignDraft draft) => DraftCheck.Population(draft, Fleet).Select(instance => instance.InstanceId);

    private static FleetInstance Instance(string id, string service, string version) =>
        new() { InstanceId = id, Service = service, Version = version, AgentId = $"agent-{id}" };
}
