using System.Text;
using FleetProf.Cli.Terminal;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Tests.Up;

public sealed class ChildLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("03:52:51.562 WRN Orleans.Watchdog slow", false, "WRN Orleans.Watchdog slow")]
    [InlineData("03:52:51.562 INF Orleans.Watchdog fine", false, null)]
    [InlineData("warn: Agent[0] slow", false, "warn: Agent[0] slow")]
    [InlineData("2026-01-31T12:00:00.000Z fail: Agent[0] bad", false, "fail: Agent[0] bad")]
    [InlineData("info: Agent[0] fine", false, null)]
    [InlineData("Unhandled exception. System.Exception", true, "Unhandled exception. System.Exception")]
    [InlineData("   at Somewhere()", true, null)]
    [InlineData("", true, null)]
    [InlineData("text with WRN in it", false, null)]
    public void WorryOf_LineOfAChild_IsWhatAPersonMustKnow(string line, bool isError, string? expected) =>
        Assert.Equal(expected, ChildLog.WorryOf(line, isError));

    [Fact]
    public void Write_ManyWarnings_ShowsSomeAndKeepsAll()
    {
        using (var log = Open(isShown: true))
        {
            for (var i = 0; i < 50; i++)
            {
                log.Write($"03:52:51.562 WRN A problem {i}", isError: false);
                log.Write("03:52:51.562 WRN A the same", isError: false);
            }
        }

        Assert.Equal(100, File.ReadAllLines(Path.Combine(_folder, "silo.log")).Length);
        var shown = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, shown.Length);
        Assert.Single(shown, line => line.Contains("the same", StringComparison.Ordinal));
        Assert.Contains("silo.log", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WhileStarting_ShowsNothingAndKeepsTheLastWords()
    {
        using var log = Open(isShown: false);

        log.Write("Port 1 is taken.", isError: true);
        log.Write("12:00:00.000 WRN A early", isError: false);

        Assert.Equal("", _error.ToString());
        Assert.Equal("Port 1 is taken.", log.TakeLastWords());
        Assert.Equal("", log.TakeLastWords());
    }

    [Fact]
    public void Write_WarningWhileStderrIsGone_IsInTheFileAndThrowsNothing()
    {
        using var gone = new GoneTerminal();
        using (var log = new ChildLog("silo", _folder, new CliConsole(TextWriter.Null, gone, _ => null)) { IsShown = true })
        {
            log.Write("03:52:51.562 WRN A problem", isError: false);
            log.Write("03:52:51.563 INF A fine", isError: false);
        }

        Assert.Equal(2, File.ReadAllLines(Path.Combine(_folder, "silo.log")).Length);
    }

    public void Dispose()
    {
        _error.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ChildLog Open(bool isShown) => new("silo", _folder, new CliConsole(TextWriter.Null, _error, _ => null)) { IsShown = isShown };

    private sealed class GoneTerminal : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("Input/output error");
    }
}
