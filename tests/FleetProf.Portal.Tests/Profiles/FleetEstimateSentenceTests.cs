using FleetProf.Contracts.Profiles;
using FleetProf.Portal.Profiles;

namespace FleetProf.Portal.Tests.Profiles;

public sealed class FleetEstimateSentenceTests
{
    private static readonly FleetEstimates Estimates = new()
    {
        CampaignId = "c1", Table = FleetTable.AllocatedTypes, Unit = "bytes/s",
        MergedCaptures = 3, DrawnCaptures = 6, PopulationSize = 24, Total = 480_000_000, TotalRelativeError = 0.17, TotalMoreCaptures = 5,
    };

    [Fact]
    public void Sentence_OfSoundCaptures_SaysWhatMoreOfThemWouldGive() => Assert.Equal(
        "3 of 6 captures stand for 24 instances. Together these allocate 480.0 MB/s, ±17 %; 5 more captures would make that ±10 %.", FleetEstimateSentence.Of(Estimates));

    [Fact]
    public void Sentence_OfProcessors_SaysHowManySecondsOfEach() => Assert.Equal(
        "3 of 6 captures stand for 24 instances. Together these run 5.40 s of code in each second, ±17 %; 5 more captures would make that ±10 %.",
        FleetEstimateSentence.Of(Estimates with { Table = FleetTable.CpuMethods, Unit = "ms/s", Total = 5_400 }));

    [Theory]
    [InlineData(FleetTable.AllocatedTypes, "allocate 0 B/s")]
    [InlineData(FleetTable.CpuMethods, "run 0.00 s of code in each second")]
    public void Sentence_WithoutASample_SaysThatNothingIsKnown(FleetTable table, string total) => Assert.Equal(
        $"3 of 6 captures stand for 24 instances. Together these {total}; no sample was taken, which says only that there was little: capture for longer.",
        FleetEstimateSentence.Of(Estimates with { Table = table, Total = 0, TotalRelativeError = null, TotalMoreCaptures = null }));

    [Theory]
    [InlineData(1, "1 was left out because it lost more than 5 % of its events")]
    [InlineData(3, "3 were left out because they lost more than 5 % of their events")]
    public void Sentence_WithCapturesThatLostManyEvents_SaysHowManyAreLeftOut(int lossy, string why) => Assert.Equal(
        $"3 of 6 captures stand for 24 instances; {why}. Together these allocate 480.0 MB/s, ±17 %; 5 more captures would make that ±10 %.",
        FleetEstimateSentence.Of(Estimates with { LossyCaptures = lossy }));

    [Fact]
    public void Sentence_WithCapturesThatCannotBeMerged_SaysWhichAndWhyThereIsNoInterval() => Assert.Equal(
        "3 of 6 captures stand for 24 instances; 2 left out as biased, which these are not; 1 left out as of another runtime. Together these allocate 480.0 MB/s; some of those left out are of the same services, so that there is no interval.",
        FleetEstimateSentence.Of(Estimates with { BiasedCaptures = 2, OtherRuntimeCaptures = 1, IsMixed = true, TotalRelativeError = null, TotalMoreCaptures = null }));

    [Theory]
    [InlineData(1, "1 is missing because its heap was refused for its size, or not whole")]
    [InlineData(3, "3 are missing because their heaps were refused for their size, or not whole")]
    public void Sentence_WithHeapsTooLargeToBeTaken_SaysThatFiguresAreTooLow(int oversized, string why) => Assert.Equal(
        $"3 of 6 captures stand for 24 instances; {why}, so that the figures are too low. Together these hold 480.0 MB or more, without an interval.",
        FleetEstimateSentence.Of(Estimates with { Table = FleetTable.HeapTypes, Unit = "bytes", OversizedCaptures = oversized, TotalRelativeError = null, TotalMoreCaptures = null }));

    [Fact]
    public void Sentence_WithOversizedHeapsOfOtherServices_KeepsItsInterval() => Assert.Equal(
        "3 of 6 captures stand for 24 instances; 1 is missing because its heap was refused for its size, or not whole. Together these hold 480.0 MB, ±17 %; 5 more captures would make that ±10 %.",
        FleetEstimateSentence.Of(Estimates with { Table = FleetTable.HeapTypes, Unit = "bytes", OversizedCaptures = 1 }));

    [Fact]
    public void Sentence_WhereAllLostManyEvents_SaysThatFiguresAreTooLow() => Assert.Equal(
        "3 of 6 captures stand for 24 instances. Together these allocate 480.0 MB/s or more: every capture lost more than 5 % of its events, so that all figures are too low and have no interval.",
        FleetEstimateSentence.Of(Estimates with { IsLossy = true, TotalRelativeError = null, TotalMoreCaptures = null }));
}
