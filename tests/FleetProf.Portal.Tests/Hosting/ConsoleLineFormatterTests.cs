using FleetProf.Portal.Hosting;
using Serilog.Events;
using Serilog.Parsing;

namespace FleetProf.Portal.Tests.Hosting;

public sealed class ConsoleLineFormatterTests
{
    /// <summary>The name of a campaign, and a message of a silo that quotes it.</summary>
    [Theory]
    [InlineData("x\nforged", "x forged", "x|  forged")]
    [InlineData("x\r\n\u001b[2J", "x   [2J", "x|   [2J")]
    [InlineData("x\u2028y\u202ez\0", "x y z ", "x y z ")]
    public void Format_TextsOfCallers_NeitherBeginALineNorSteerTheTerminal(string text, string inMessage, string inException)
    {
        var template = new MessageTemplateParser().Parse("Campaign {Name:l} failed");
        using var written = new StringWriter { NewLine = "|" };

        new ConsoleLineFormatter().Format(
            new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Error, new InvalidOperationException(text), template, [new("Name", new ScalarValue(text)), new("SourceContext", new ScalarValue("Campaigns"))]),
            written);

        Assert.Equal($"00:00:00.000 ERR Campaigns: Campaign {inMessage} failed|  System.InvalidOperationException: {inException}|", written.ToString());
    }
}
