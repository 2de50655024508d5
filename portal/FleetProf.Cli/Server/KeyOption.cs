using System.CommandLine;

namespace FleetProf.Cli.Server;

/// <summary>The option --idempotency-key of verbs that start something.</summary>
internal static class KeyOption
{
    private const string Name = "--idempotency-key";

    /// <summary>The portal takes no more.</summary>
    private const int Longest = 128;

    public static Option<string?> Create() => new(Name) { Description = "The same key starts nothing a second time: for what may be run again. Default: a new one each time." };

    /// <summary>A new one when none was given.</summary>
    /// <exception cref="CommandFailedException">It can be no header.</exception>
    public static string KeyOf(string? text) => text switch
    {
        null => Guid.NewGuid().ToString("N"),
        { Length: > 0 and <= Longest } when text.All(character => character is >= ' ' and <= '~') => text,
        _ => throw new CommandFailedException(ExitCode.Usage, $"{Name}: '{text}' is no key.", $"Give 1 to {Longest} ASCII characters, such as the number of a build."),
    };

    /// <summary>How to go on after a failure that leaves open whether something was started.</summary>
    /// <param name="resolved">Options to give with it, with a space behind each.</param>
    /// <param name="key">Of what was started.</param>
    public static string Advice(string resolved, string key) => $"The same command with {resolved}{Name} {key} goes on with what was started, and starts nothing twice.";
}
