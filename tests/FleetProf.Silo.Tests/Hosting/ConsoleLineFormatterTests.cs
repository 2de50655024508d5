using FleetProf.Silo.Captures.Retention;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace FleetProf.Silo.Tests.Hosting;

public sealed class ConsoleLineFormatterTests : IDisposable
{
    private readonly Screen screen = new();
    private readonly Logger serilog;
    private readonly SerilogLoggerFactory logs;

    public ConsoleLineFormatterTests()
    {
        serilog = new LoggerConfiguration().WriteTo.Sink(screen).CreateLogger();
        logs = new SerilogLoggerFactory(serilog);
    }

    /// <summary>An operator pins a capture, and tells of a deploy.</summary>
    [Theory]
    [InlineData("x\nforged")]
    [InlineData("x\r\n12:00:00.000 INF Audit admin pinned everything")]
    [InlineData("\u001b[2Jx\u009b31m\u2028y\u202ez\0")]
    public void Format_TextsOfCallers_AreOneLineWithoutControlCharacters(string text)
    {
        new RetentionJournal(logs.CreateLogger<RetentionJournal>()).Pinned("01k-0001", "ann", text);
        logs.CreateLogger("Deploys").LogInformation("Deploy in environment '{Environment}' after {Versions}", text, new[] { text });

        var lines = screen.Lines();
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.DoesNotContain(line, character => char.IsControl(character) || character is '\u2028' or '\u202e'));
        Assert.Contains(" INF FleetProf.Silo.Captures.Retention.RetentionJournal ann pinned 01k-0001: ", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Format_ExceptionThatQuotesACaller_IndentsWhatItSays()
    {
        logs.CreateLogger("Deploys").LogError(new InvalidOperationException("no 'x\nforged\u001b[2J'"), "It failed");

        var lines = screen.Lines();
        Assert.EndsWith(" ERR Deploys It failed", lines[0], StringComparison.Ordinal);
        Assert.Equal("  System.InvalidOperationException: no 'x|  forged [2J'", string.Join('|', lines[1..]));
    }

    public void Dispose()
    {
        logs.Dispose();
        serilog.Dispose();
        screen.Dispose();
    }

    private sealed class Screen : ILogEventSink, IDisposable
    {
        private readonly ConsoleLineFormatter formatter = new();
        private readonly StringWriter written = new() { NewLine = "\n" };

        public string[] Lines() => written.ToString().TrimEnd('\n').Split('\n');

        public void Emit(LogEvent logEvent) => formatter.Format(logEvent, written);

        public void Dispose() => written.Dispose();
    }
}
