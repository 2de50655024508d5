using System.Buffers;

namespace FleetProf.Contracts;

/// <summary>
/// Words of commands that pages and texts offer for copying into a shell. Names in them come from watched processes: nothing in one may run there,
/// make two words of it, or be taken by our own command line for something else than a name.
/// </summary>
public static class ShellWord
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@%+=,-");

    /// <summary>The text as one word for any shell of POSIX: itself where it is read so, else in quotes.</summary>
    public static string Of(string text)
    {
        // zsh looks for a program of the name behind a leading equals sign.
        if (text is [not ('-' or '='), ..] && !text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        // No name has control characters, but an address may; some terminals take one that is pasted for a key, also within quotes.
        var typed = string.Concat(text.Select(static character => char.IsControl(character) ? ' ' : character));
        return "'" + typed.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
    }

    /// <summary>An option with its value.</summary>
    public static string Option(string name, string value) => $"{name}{(IsMistakable(value) ? '=' : ' ')}{Of(value)}";

    /// <summary>The text as an argument behind all options of a command: nothing that follows can be an option.</summary>
    public static string Argument(string text) => IsMistakable(text) ? $"-- {Of(text)}" : Of(text);

    /// <summary>The command line takes some of these for options (also "/h"). Quotes do not help: the shell takes them away.</summary>
    private static bool IsMistakable(string text) => text is ['-' or '/', ..];
}
