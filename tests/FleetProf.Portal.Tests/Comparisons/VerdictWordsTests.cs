using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Comparisons;

namespace FleetProf.Portal.Tests.Comparisons;

public sealed class VerdictWordsTests
{
    [Theory]
    [InlineData("REGRESSED: heap grew, 1.75 MB to 39.7 MB. Not judged: pause p99.", "Heap grew, 1.75 MB to 39.7 MB.", "Not judged: pause p99.")]
    [InlineData("Regressed: pause p99 rose from 9.8 ms.", "Pause p99 rose from 9.8 ms.", "")]
    [InlineData("Nothing is known", "Nothing is known", "")]
    [InlineData("", "Waits for data.", "")]
    public void Sentence_BesideATag_DoesNotRepeatTheVerdict(string text, string sentence, string more)
    {
        var at = DateTimeOffset.UnixEpoch;
        var side = new ComparisonSide { Version = "1", From = at, To = at };
        var comparison = new Comparison { ComparisonId = "c", Service = "s", Baseline = side, Candidate = side, CreatedAt = at, Verdict = ComparisonVerdict.Regressed, Sentence = text };

        Assert.Equal((sentence, more), VerdictWords.SentenceOf(comparison));
    }
}
