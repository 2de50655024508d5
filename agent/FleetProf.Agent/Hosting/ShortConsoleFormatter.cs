using System.Globalization;
using FleetProf.Agent.Discovery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace FleetProf.Agent.Hosting;

/// <summary>One short line per entry: time, level, message. What a target calls itself cannot steer the terminal.</summary>
internal sealed class ShortConsoleFormatter() : ConsoleFormatter(Key)
{
    public const string Key = "short";
    private const int MaxChars = 1000;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var level = logEntry.LogLevel switch
        {
            LogLevel.Critical => "FTL",
            LogLevel.Error => "ERR",
            LogLevel.Warning => "WRN",
            LogLevel.Information => "INF",
            _ => "DBG",
        };
        var message = CleanText.Of(logEntry.Formatter(logEntry.State, logEntry.Exception), MaxChars);
        textWriter.WriteLine($"{DateTimeOffset.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {level} {message}");
        if (logEntry.Exception is { } error) textWriter.WriteLine(error);
    }
}
