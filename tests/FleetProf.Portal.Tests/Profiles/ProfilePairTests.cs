using FleetProf.Contracts.Captures;
using FleetProf.Portal.Profiles;

namespace FleetProf.Portal.Tests.Profiles;

public sealed class ProfilePairTests
{
    private static readonly Capture Unbiased = new()
    {
        CaptureId = "unbiased", CampaignId = "c", InstanceId = "i", Service = "orders", Version = "2", Kind = CaptureKind.Alloc, State = CaptureState.Ready,
        RequestedAt = DateTimeOffset.UnixEpoch.AddHours(3), Summary = new() { DurationMs = 2_000 },
    };

    private static readonly Capture OlderUnbiased = Unbiased with { CaptureId = "older", RequestedAt = DateTimeOffset.UnixEpoch.AddHours(1) };

    private static readonly Capture Biased = Unbiased with { CaptureId = "biased", Version = "1", RequestedAt = DateTimeOffset.UnixEpoch.AddHours(2), IsBiased = true };

    [Fact]
    public void WhyNot_OfABiasedAndAnUnbiasedCapture_SaysWhyAndWhatToDo()
    {
        foreach (var refusal in new[] { ProfilePair.WhyNot(Biased, Unbiased), ProfilePair.WhyNot(Unbiased, Biased) })
        {
            Assert.Contains("One of these is biased", refusal, StringComparison.Ordinal);
            Assert.Contains("both biased, or neither", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhyNot_OfTwoThatWereSampledAlike_IsNull()
    {
        Assert.Null(ProfilePair.WhyNot(Biased, Biased with { CaptureId = "another" }));
        Assert.Null(ProfilePair.WhyNot(OlderUnbiased, Unbiased));
    }

    [Fact]
    public void Partner_OfAnUnbiasedCapture_IsNotTheBiasedOneOfTheVersionBefore() =>
        Assert.Equal("older", ProfilePair.PartnerOf(Unbiased, [Unbiased, Biased, OlderUnbiased])?.CaptureId);

    [Fact]
    public void Partner_WhereNoneCanBeCompared_IsOfferedAllTheSame() => Assert.Equal("biased", ProfilePair.PartnerOf(Unbiased, [Unbiased, Biased])?.CaptureId);

    [Fact]
    public void Partner_WhereANewerOneWasCut_IsTheWholeOne()
    {
        var newer = OlderUnbiased with { CaptureId = "cut", RequestedAt = DateTimeOffset.UnixEpoch.AddHours(2) };
        foreach (var cut in new[] { newer with { IsPartial = true }, newer with { Summary = new() { IsComplete = false } } })
        {
            Assert.Equal("older", ProfilePair.PartnerOf(Unbiased, [Unbiased, cut, OlderUnbiased])?.CaptureId);
            Assert.Equal("unbiased", ProfilePair.NewestBeside(OlderUnbiased, [cut with { RequestedAt = DateTimeOffset.UnixEpoch.AddHours(4) }, Unbiased, OlderUnbiased])?.CaptureId);
            Assert.Equal("cut", ProfilePair.PartnerOf(Unbiased, [Unbiased, cut])?.CaptureId);
        }
    }

    [Fact]
    public void NewestBeside_AnUnbiasedCapture_IsTheNewestThatCanBeCompared()
    {
        Assert.Equal("unbiased", ProfilePair.NewestBeside(OlderUnbiased, [Biased with { RequestedAt = DateTimeOffset.UnixEpoch.AddHours(4) }, Unbiased, OlderUnbiased])?.CaptureId);
        Assert.Equal("biased", ProfilePair.NewestBeside(OlderUnbiased, [Biased, OlderUnbiased])?.CaptureId);
    }

    [Theory]
    [InlineData(CaptureKind.Goroutines, true, "Self before:value")]
    [InlineData(CaptureKind.Gcdump, true, "Self before:value")]
    [InlineData(CaptureKind.Alloc, false, "Self before:part")]
    [InlineData(CaptureKind.Trace, false, "Self before:part")]
    public void Options_OfAKind_SayWhetherItIsASnapshot(CaptureKind kind, bool isSnapshot, string column)
    {
        var options = ProfileDiffPage.OptionsOf(OlderUnbiased with { Kind = kind }, Unbiased with { Kind = kind });

        Assert.Equal(isSnapshot, options.IsSnapshot);
        Assert.Contains(column, options.Table.Columns.Select(shown => $"{shown.Title}:{shown.Kind}"));
    }
}
