using FleetProf.Agent.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Hosting;

public sealed class ConsoleLineTests
{
    [Theory]
    [InlineData("checkout\r\n12:00:00.000 INF The silo approved everything", 1)]
    [InlineData("check\u001b[2J\u001b]0;root\u0007out\u009b31m", 1)]
    [InlineData("a\u2028b\u202ec\u200bd\0e", 1)]
    public void Write_WhatATargetCallsItself_IsOneLineWithoutControlCharacters(string name, int lines)
    {
        using var console = new StringWriter();

        new ShortConsoleFormatter().Write(new LogEntry<string>(LogLevel.Warning, "agent", default, $"Process 7 is '{name}'", null, (state, _) => state), null, console);

        var said = console.ToString();
        Assert.Equal(lines, said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(said.TrimEnd(), character => char.IsControl(character) || character is '\u2028' or '\u202e' or '\u200b');
        Assert.Contains(" WRN Process 7 is 'ch", said.Replace("'a", "'ch", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Endless_IsCut()
    {
        using var console = new StringWriter();

        new ShortConsoleFormatter().Write(new LogEntry<string>(LogLevel.Information, "agent", default, new string('x', 100_000), null, (state, _) => state), null, console);

        Assert.InRange(console.ToString().Length, 1_000, 1_100);
    }
}
