using Bunit;
using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Comparisons;

namespace FleetProf.Portal.Tests.Comparisons;

public sealed class IntervalBarTests : BunitContext
{
    /// <summary>A slope, and what rose from nothing.</summary>
    [Theory]
    [InlineData("B/h", 2e6, 33.5e6, ComparisonVerdict.Regressed, "no ratio: +31.5 MB/h")]
    [InlineData("B/h", 5e6, 2e6, ComparisonVerdict.Pass, "no ratio: -3.00 MB/h")]
    [InlineData("%", 0.0, 4.9, ComparisonVerdict.Regressed, "no ratio: +4.90 %")]
    public void Bar_OfAMetricThatIsJudgedByItsDifference_DoesNotSayThatDataLack(string unit, double before, double after, ComparisonVerdict verdict, string text) =>
        Assert.Equal(text, TextOf(unit, before, after, verdict));

    [Theory]
    [InlineData(2e6, null)]
    [InlineData(0.0, 5e6)]
    public void Bar_OfAMetricThatIsNotJudged_SaysThatDataLack(double before, double? after) =>
        Assert.Equal("not enough data", TextOf("B/h", before, after, ComparisonVerdict.Inconclusive));

    private string TextOf(string unit, double before, double? after, ComparisonVerdict verdict)
    {
        var metric = new MetricComparison { Metric = "any", Unit = unit, Baseline = before, Candidate = after, Verdict = verdict };
        return Render<IntervalBar>(bar => bar.Add(shown => shown.Metric, metric).Add(shown => shown.Scale, 1.0)).Find("span").TextContent;
    }
}
