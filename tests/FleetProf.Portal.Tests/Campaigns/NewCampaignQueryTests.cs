using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Campaigns;

namespace FleetProf.Portal.Tests.Campaigns;

public sealed class NewCampaignQueryTests
{
    private static readonly CampaignSpec Spec = new() { Selector = new() { Services = ["checkout"] }, Kinds = [CaptureKind.Gcdump], SampleSize = 2 };

    [Fact]
    public void Read_OfACampaignWithLimits_HasThemAgain()
    {
        var again = AgainOf(Spec with { MaxStallMs = 300, MaxBytes = 64_000_001 });

        Assert.Equal(300.0, again.MaxStallMs);
        Assert.Equal(64_000_001, again.MaxBytes);
    }

    [Fact]
    public void Read_OfACampaignWithoutLimits_LeavesThemAsTheyAre()
    {
        var again = AgainOf(Spec);

        Assert.Null(again.MaxStallMs);
        Assert.Equal(Spec.MaxBytes, again.MaxBytes);
    }

    [Fact]
    public void Read_OfEveryChoice_HasTheSameAddress()
    {
        var spec = new CampaignSpec
        {
            Name = "all of it", Reason = "a & b", Cron = "5 4 * * *", WhenPauseOverMs = 12.5, MaxStallMs = 0.5, MaxBytes = 1_000_000, SampleFraction = 0.125,
            DurationSeconds = 7, MaxConcurrentPerService = 3, Deadline = TimeSpan.FromMinutes(90), Kinds = [CaptureKind.Trace, CaptureKind.Gc],
            Selector = new() { Services = ["a b", "c"], InstanceIds = ["i 1", "i2"], Version = "1.2", Labels = new Dictionary<string, string> { ["zone"] = "x" } },
        };

        Assert.Equal(NewCampaignQuery.Of(spec), NewCampaignQuery.Of(AgainOf(spec)));
    }

    [Fact]
    public void Of_MoreInstancesThanAnAddressHolds_TellsHowManyThereAre()
    {
        string[] instances = [.. Enumerable.Range(1000, 250).Select(number => $"i{number}")];

        var draft = NewCampaignQuery.Read(NewCampaignQuery.Of(Spec with { Selector = new() { InstanceIds = instances } }));

        Assert.Equal((100, 250), (draft.InstanceIds.Count, draft.NamedInstances));
        Assert.Equal(250, NewCampaignQuery.Read(NewCampaignQuery.Of(draft.ToSpec(), draft.NamedInstances)).NamedInstances);
    }

    [Fact]
    public void IdIn_OfAFormThatWasSent_IsThatId()
    {
        const string id = "01k00000000000000000000abc";

        Assert.Equal(id, NewCampaignQuery.IdIn(NewCampaignQuery.Of(Spec, 0, id)));
    }

    /// <summary>A repeated campaign is another one.</summary>
    [Fact]
    public void IdIn_OfACampaignToRepeat_IsNone() => Assert.Null(NewCampaignQuery.IdIn(NewCampaignQuery.Of(Spec)));

    [Theory]
    [InlineData("")]
    [InlineData("01k00000000000000000000ab")]
    [InlineData("01K00000000000000000000ABC")]
    [InlineData("01k0000000000000000000-abc")]
    [InlineData("01k000000000000000000000%2Fa")]
    public void IdIn_OfWhatIsNoId_IsNone(string text) => Assert.Null(NewCampaignQuery.IdIn($"campaigns/new?id={text}"));

    [Fact]
    public void Read_WhatIsNotReadable_IsAsInAnEmptyForm()
    {
        var draft = NewCampaignQuery.Read("campaigns/new?size=many&seconds=&percent=x&kind=nothing&maxBytes=1MB&maxStall=long");

        Assert.Equal(NewCampaignQuery.Of(NewCampaignQuery.Read("campaigns/new").ToSpec()), NewCampaignQuery.Of(draft.ToSpec()));
    }

    private static CampaignSpec AgainOf(CampaignSpec spec) => NewCampaignQuery.Read(NewCampaignQuery.Of(spec)).ToSpec();
}
