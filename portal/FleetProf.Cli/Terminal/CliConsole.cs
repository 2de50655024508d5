namespace FleetProf.Cli.Terminal;

/// <summary>Data goes to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
public sealed class CliConsole(TextWriter @out, TextWriter error, Func<string, string?> variable)
{
    public TextWriter Out { get; } = @out;

    public TextWriter Error { get; } = error;

    /// <summary>Whether stdout may carry colours and lines drawn for people.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Whether stderr may carry progress that overwrites itself.</summary>
    public bool IsErrorTerminal { get; init; }

    public int Width { get; init; } = 120;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Opens stdout for bytes.</summary>
    public Func<Stream> OpenOut { get; init; } = Console.OpenStandardOutput;

    public string? Variable(string name) => variable(name) is { Length: > 0 } value ? value : null;

    public static CliConsole OfProcess()
    {
        var plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new(Console.Out, Console.Error, Environment.GetEnvironmentVariable)
        {
            IsOutTerminal = !plain && !Console.IsOutputRedirected,
            IsErrorTerminal = !plain && !Console.IsErrorRedirected,
            Width = Console.IsOutputRedirected ? 200 : Math.Max(60, Console.WindowWidth),
        };
    }

    /// <summary>A line for people on stderr.</summary>
    public void Note(string text) => Say($"{SafeText.ForTerminal(text)}{Error.NewLine}");

    /// <summary>An error and its next step on stderr.</summary>
    public void Fail(string message, string? nextStep = null)
    {
        Note($"fleetprof: {message}");
        if (nextStep is not null)
        {
            Note($"  {nextStep}");
        }
    }

    /// <summary>Text as it is on stderr.</summary>
    internal void Say(string text)
    {
        try
        {
            Error.Write(text);
        }
        catch (IOException)
        {
            // The terminal is gone, or the disk behind it is full: what is told of goes on, such as children that are read and started again.
        }
    }
}
