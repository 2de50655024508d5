using FleetProf.Analysis.Allocations.Escapes;

namespace FleetProf.Analysis.Tests.Allocations.Escapes;

public sealed class EscapeCostsTests
{
    private const string Report = """
        # example.com/shop/cart
        cart/cart.go:10:14: make([]byte, n) escapes to heap:
        cart/cart.go:10:14:   flow: {heap} = &{storage for make([]byte, n)}:
        cart/cart.go:10:14:     from make([]byte, n) (non-constant size) at cart/cart.go:10:14
        cart/cart.go:10:14: make([]byte, n) escapes to heap
        cart/cart.go:20:11: make([]int, 0, 8) does not escape
        cart/cart.go:30:2: moved to heap: total
        cart/cart.go:40:9: leaking param: c
        cart/cart.go:50:9: "hello" escapes to heap
        cart/cart.go:60:9: &Line{} escapes to heap
        """;

    [Theory]
    [InlineData(10, EscapeVerdict.Escapes, "make([]byte, n)", "not known when compiling")]
    [InlineData(20, EscapeVerdict.DoesNotEscape, "make([]int, 0, 8)", "append that outgrows it")]
    [InlineData(21, EscapeVerdict.NotSaid, "", "nothing is said")]
    [InlineData(30, EscapeVerdict.Escapes, "total", "the variable itself")]
    [InlineData(40, EscapeVerdict.NotSaid, "", "nothing is said")]
    [InlineData(50, EscapeVerdict.NotSaid, "", "nothing is said")]
    [InlineData(60, EscapeVerdict.Escapes, "&Line{}", null)]
    public void Site_AtALine_HasItsVerdictAndANoteWhereTheReportMisleads(int line, EscapeVerdict verdict, string what, string? note)
    {
        var site = Assert.Single(Join(Allocated("example.com/shop/cart", "/home/ann/shop/cart/cart.go", line, 1_000)).Sites);

        Assert.Equal((verdict, what), (site.Verdict, string.Join("; ", site.Subjects)));
        if (note is null) Assert.Null(site.Note);
        else Assert.Contains(note, site.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"user:\" + name", "", EscapeVerdict.Escapes)]
    [InlineData("\"user:\" + name", "... argument", EscapeVerdict.Escapes)]
    [InlineData("\"a\" + n + \"b\"", "", EscapeVerdict.Escapes)]
    [InlineData("`raw` + name", "", EscapeVerdict.Escapes)]
    [InlineData("1 + n", "", EscapeVerdict.Escapes)]
    [InlineData("(interface {})(string(\"a\" + b))", "", EscapeVerdict.Escapes)]
    [InlineData("\"a\\\" + b\"", "", EscapeVerdict.NotSaid)]
    [InlineData("\"a\\\" + b\"", "... argument", EscapeVerdict.DoesNotEscape)]
    [InlineData("`C:\\`", "", EscapeVerdict.NotSaid)]
    [InlineData("'\\''", "", EscapeVerdict.NotSaid)]
    [InlineData("1e+06", "", EscapeVerdict.NotSaid)]
    [InlineData("(interface {})(string(\"nil handler\"))", "", EscapeVerdict.NotSaid)]
    public void Site_OfATextPutTogether_Escapes(string subject, string stays, EscapeVerdict verdict)
    {
        var said = $"cart/cart.go:5:14: {subject} escapes to heap\n";
        if (stays.Length > 0) said += $"cart/cart.go:5:13: {stays} does not escape\n";
        var report = new EscapeReport();
        using var reader = new StringReader(said);
        new EscapeTextReader(report).Read(reader);

        var site = Assert.Single(EscapeCosts.Of(report, [Allocated("x/shop/cart", "/home/ann/shop/cart/cart.go", 5, 1)]).Sites);

        Assert.Equal((verdict, verdict == EscapeVerdict.Escapes ? subject : stays), (site.Verdict, string.Join("; ", site.Subjects)));
    }

    [Theory]
    [InlineData("cart/cart.go", "", "/home/ann/shop/cart/cart.go", "x/shop/cart", true)]
    [InlineData("./cart.go", "x/shop/cart", "/home/ann/shop/cart/cart.go", "x/shop/cart", true)]
    [InlineData("./cart.go", "x/shop/other", "/home/ann/shop/cart/cart.go", "x/shop/cart", false)]
    [InlineData("../cart/cart.go", "x/shop/cart", "/home/ann/shop/cart/cart.go", "x/shop/cart", true)]
    [InlineData("other/cart.go", "", "/home/ann/shop/cart/cart.go", "x/shop/cart", false)]
    [InlineData("/build/shop/cart/cart.go", "x/shop/cart", "/home/ann/shop/cart/cart.go", "x/shop/cart", true)]
    [InlineData("/build/shop/cart/cart.go", "x/shop/cart", "x/shop/cart/cart.go", "x/shop/cart", true)]
    [InlineData("/build/shop/cart/cart.go", "x/shop/cart", "x/shop@v1.2.3/cart/cart.go", "x/shop/cart", true)]
    [InlineData("/build/art.go", "x/shop/cart", "/home/ann/shop/cart/cart.go", "x/shop/cart", false)]
    [InlineData("./main.go", "command-line-arguments", "/home/ann/shop/main.go", "main", true)]
    [InlineData("./main.go", "x/shop", "/home/ann/shop/main.go", "main", true)]
    public void Files_OfReportAndProfile_MeetFromTheirEnds(string reported, string package, string profiled, string profiledPackage, bool meets)
    {
        var report = new EscapeReport();
        report.Add(new EscapeLine(reported, package, 5, 1, EscapeKind.Escapes, "x"));

        var site = Assert.Single(EscapeCosts.Of(report, [Allocated(profiledPackage, profiled, 5, 1)]).Sites);

        Assert.Equal(meets ? EscapeVerdict.Escapes : EscapeVerdict.NotCovered, site.Verdict);
    }

    [Fact]
    public void File_ThatFitsTwo_IsLeftOutUnlessThePackageDecides()
    {
        var report = new EscapeReport();
        report.Add(new EscapeLine("/a/one/util/util.go", "x/one/util", 5, 1, EscapeKind.Escapes, "one"));
        report.Add(new EscapeLine("/a/two/util/util.go", "x/two/util", 5, 1, EscapeKind.Escapes, "two"));

        var decided = EscapeCosts.Of(report, [Allocated("x/two/util", "/b/util/util.go", 5, 1)]);
        var open = EscapeCosts.Of(report, [Allocated("", "/b/util/util.go", 5, 1)]);

        Assert.Equal(["two"], decided.Sites[0].Subjects);
        Assert.Equal(EscapeVerdict.NotCovered, open.Sites[0].Verdict);
        Assert.Contains(open.Warnings, warning => warning.Contains("fit several", StringComparison.Ordinal));
    }

    [Fact]
    public void Line_OfAnInlinedFunction_IsFoundWhereItWasInlined()
    {
        var allocated = Allocated("bufio", "/usr/lib/go/src/bufio/scan.go", 88, 500) with
        {
            InlinedInto = [new CodePlace("example.com/shop/cart.Load", "example.com/shop/cart", "/home/ann/shop/cart/cart.go", 60)],
        };

        var site = Assert.Single(Join(allocated).Sites);

        Assert.Equal((EscapeVerdict.Escapes, 88, 60), (site.Verdict, site.Place.Line, site.ReportedAt!.Value.Line));
    }

    [Fact]
    public void Sites_AreSummedByLineAndRankedByBytes()
    {
        var costs = Join(
            Allocated("example.com/shop/cart", "/s/cart/cart.go", 60, 100), Allocated("example.com/shop/cart", "/s/cart/cart.go", 10, 300),
            Allocated("example.com/shop/cart", "/s/cart/cart.go", 60, 400), Allocated("fmt", "/usr/lib/go/src/fmt/print.go", 7, 200));

        Assert.Equal([(60, 500.0, 0.5, 8L), (10, 300.0, 0.3, 4L), (7, 200.0, 0.2, 4L)], costs.Sites.Select(site => (site.Place.Line, site.Bytes, site.Share, site.Samples)));
        Assert.Equal((1_000.0, 800.0, 200.0), (costs.TotalBytes, costs.BytesOf(EscapeVerdict.Escapes), costs.BytesOf(EscapeVerdict.NotCovered)));
        Assert.Equal(0.98, costs.Sites[1].RelativeError, 9);
    }

    [Fact]
    public void Explanations_OfAReport_NameWhatIsEasilyTakenForACost()
    {
        var costs = Join(Allocated("example.com/shop/cart", "/s/cart/cart.go", 10, 300), Allocated("example.com/shop/cart", "/s/cart/cart.go", 20, 300));

        Assert.Equal(
            [("leaking param", 1), ("a constant escapes to heap", 1), ("escapes, but nothing was sampled there", 2), ("does not escape, but allocates", 1), ("repeated lines", 1)],
            costs.Explanations.Select(explanation => (explanation.Title, explanation.Count)));
        Assert.Contains(costs.Explanations, explanation => explanation.Example == "cart/cart.go:40: c");
    }

    [Fact]
    public void Report_OfOtherPackages_WarnsThatMostIsNotCovered() =>
        Assert.Contains("does not cover", Assert.Single(Join(Allocated("fmt", "/usr/lib/go/src/fmt/print.go", 7, 200)).Warnings), StringComparison.Ordinal);

    private static AllocatedLine Allocated(string package, string file, int line, double bytes) =>
        new() { Place = new CodePlace($"{package}.f", package, file, line), Bytes = bytes, Objects = 1, Samples = 4 };

    private static EscapeCosts Join(params AllocatedLine[] allocated)
    {
        var report = new EscapeReport();
        using var reader = new StringReader(Report);
        new EscapeTextReader(report).Read(reader);
        return EscapeCosts.Of(report, allocated);
    }
}
