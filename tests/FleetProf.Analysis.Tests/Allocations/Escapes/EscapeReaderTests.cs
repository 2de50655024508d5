using System.Runtime.CompilerServices;
using FleetProf.Analysis.Allocations.Escapes;

namespace FleetProf.Analysis.Tests.Allocations.Escapes;

public sealed class EscapeReaderTests
{
    [Fact]
    public void Text_OfGo119_GivesEachStatementOnceWithItsReason()
    {
        var report = ReadText(File.ReadAllText(PathOf("m2-go1.19.txt")));

        var buffer = Assert.Single(report.Lines, line => line.Line == 10);
        Assert.Equal(("./main.go", "esc", 41, EscapeKind.Escapes, "&bytes.Buffer{}"), (buffer.File, buffer.Package, buffer.Column, buffer.Kind, buffer.Subject));
        Assert.Equal("&bytes.Buffer{} (spill) → return &bytes.Buffer{} (return)", buffer.Reason);
        Assert.Equal(
            [(29, EscapeKind.MovedToHeap, "n"), (29, EscapeKind.CapturedByReference, "n"), (44, EscapeKind.Escapes, "func literal")],
            report.Lines.Where(line => line.Line == 16).Select(line => (line.Column, line.Kind, line.Subject)).Order());
        Assert.Contains(report.Lines, line => line is { Kind: EscapeKind.DoesNotEscape, Subject: "make([]byte, 65536)" });
        Assert.Contains(report.Lines, line => line is { Kind: EscapeKind.Escapes, Subject: "make([]byte, 65537)" } && line.Reason!.Contains("too large for stack", StringComparison.Ordinal));
        Assert.Contains(report.Lines, line => line is { Kind: EscapeKind.LeakingParameter, Subject: "v", Line: 22 });
        Assert.DoesNotContain(report.Lines, line => line.File.StartsWith('<') || line.Subject.Contains("inline", StringComparison.Ordinal));
        Assert.True(report.Repeated > 5);
    }

    [Theory]
    [InlineData("make([]byte, n) escapes to heap:")]
    [InlineData("make([]byte, n) escapes to heap in main.f:")]
    [InlineData("make([]byte, n) escapes to heap in (*cache[go.shape.int]).fill:")]
    public void Text_FlowWithAndWithoutItsFunction_GivesTheReason(string heading)
    {
        var report = ReadText($$"""
            # main
            ./a.go:5:6: {{heading}}
            ./a.go:5:6:   flow: {heap} = &{storage for make([]byte, n)}:
            ./a.go:5:6:     from make([]byte, n) (non-constant size) at ./a.go:5:6
            ./a.go:5:6: make([]byte, n) escapes to heap
            """);

        var make = Assert.Single(report.Lines);
        Assert.Equal((EscapeKind.Escapes, "make([]byte, n)", "make([]byte, n) (non-constant size)"), (make.Kind, make.Subject, make.Reason));
    }

    /// <summary>The oracle: every statement of the file, counted by plain text search.</summary>
    [Fact]
    public void Text_OfGo119_LeavesNoStatementOut()
    {
        var lines = File.ReadAllLines(PathOf("m2-go1.19.txt")).Where(line => line.StartsWith("./", StringComparison.Ordinal)).ToList();
        var report = ReadText(File.ReadAllText(PathOf("m2-go1.19.txt")));

        Assert.Equal(lines.Where(line => line.EndsWith(" does not escape", StringComparison.Ordinal)).Distinct().Count(), report.Lines.Count(line => line.Kind == EscapeKind.DoesNotEscape));
        Assert.Equal(lines.Where(line => line.Contains(": moved to heap: ", StringComparison.Ordinal)).Distinct().Count(), report.Lines.Count(line => line.Kind == EscapeKind.MovedToHeap));
        Assert.Equal(lines.Where(line => line.EndsWith(" escapes to heap", StringComparison.Ordinal)).Distinct().Count(), report.Lines.Count(line => line.Kind == EscapeKind.Escapes));
    }

    [Fact]
    public void Json_OfGo119_GivesEachStatementOnceWithTheReasonThatCanBeChanged()
    {
        var report = new EscapeReport();
        using var text = File.OpenText(PathOf("json/main/main.json"));

        Assert.True(new EscapeJsonReader(report).Read(text));

        Assert.Equal("go1.19.8", report.GoVersion);
        var make = Assert.Single(report.Lines, line => line.Line == 29);
        Assert.Equal(("/src/example/srv/main.go", "main", 55, "make([]byte, n)", "make([]byte, n) (non-constant size)"), (make.File, make.Package, make.Column, make.Subject, make.Reason));
        Assert.Contains(report.Lines, line => line is { Line: 55, Kind: EscapeKind.LeakingParameter, Subject: "val" });
        Assert.Contains(report.Lines, line => line is { Line: 120, IsConstant: true, IsAllocation: false });
    }

    // Found by fuzzing: the words of a statement that share their blank.
    [Theory]
    [InlineData("parameter leaks to {heap} with derefs=0", null)]
    [InlineData("parameter  leaks to {heap}", "")]
    [InlineData("parameter v leaks to {heap}", "v")]
    [InlineData("leaking param:", null)]
    [InlineData(" escapes to heap", "")]
    public void Statement_WithoutASubject_IsNoError(string statement, string? subject)
    {
        Assert.Equal(subject, ReadText($"# main\n./main.go:1:2: {statement}\n").Lines.SingleOrDefault()?.Subject);
        using var json = new StringReader($$$"""
            {"version":0,"package":"main","file":"/src/a.go","goos":"linux","goarch":"amd64","gc_version":"go1.19.8"}
            {"range":{"start":{"line":1,"character":2},"end":{"line":1,"character":2}},"severity":3,"code":"leak","source":"go compiler","message":"{{{statement}}}"}
            """);
        var report = new EscapeReport();
        Assert.True(new EscapeJsonReader(report).Read(json));
        Assert.Equal(subject, report.Lines.SingleOrDefault()?.Subject);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"file\":7}")]
    [InlineData("not json")]
    public void Json_WithoutAHead_IsNone(string text)
    {
        using var reader = new StringReader(text);
        Assert.False(new EscapeJsonReader(new EscapeReport()).Read(reader));
    }

    [Fact]
    public void Json_WithDamagedLines_PassesOverThem()
    {
        var report = new EscapeReport();
        using var reader = new StringReader("""
            {"version":0,"package":"main","file":"/src/a.go"}
            {"range":{"start":{"line":1,"character":2}},"code":"escape","message":"x escapes to heap","relatedInformation":[7,{"message":3},{"message":"escflow:      from x (spill)"}]}
            {"range":{"start":{"line":"1","character":2}},"code":"escape","message":"y escapes to heap"}
            {"range":7,"code":"escape","message":"z escapes to heap"}
            {"code":["escape"],"message":"w escapes to heap"}
            {"range":{"start":{"line":1
            "text"
            """);

        Assert.True(new EscapeJsonReader(report).Read(reader));

        Assert.Equal(("x", "x (spill)"), report.Lines.Select(line => (line.Subject, line.Reason)).Single());
    }

    [Theory]
    [InlineData("C:/src/a.go:7:3: moved to heap: x", "C:/src/a.go", 7, 3)]
    [InlineData("a.go:7: x escapes to heap", "a.go", 7, 0)]
    [InlineData("/src/a b.go:7:3: x escapes to heap", "/src/a b.go", 7, 3)]
    public void Text_Places_AreReadFromTheirEnd(string text, string file, int line, int column)
    {
        var only = Assert.Single(ReadText(text).Lines);

        Assert.Equal((file, line, column), (only.File, only.Line, only.Column));
    }

    [Theory]
    [InlineData("2026/11/26 10:00:00 server: listening")]
    [InlineData("make: *** [build] Error 1")]
    [InlineData("a.go:x:3: moved to heap: x")]
    [InlineData("a.go:99999999999:3: moved to heap: x")]
    [InlineData(":1:1: moved to heap: x")]
    [InlineData("./a.go:3:6: can inline f with cost 2 as: func() int { return 1 }")]
    public void Text_ThatIsNoStatement_IsPassedOver(string text) => Assert.Empty(ReadText(text).Lines);

    private static EscapeReport ReadText(string text)
    {
        var report = new EscapeReport();
        using var reader = new StringReader(text);
        new EscapeTextReader(report).Read(reader);
        return report;
    }

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../testdata/go/escapes", name);
}
