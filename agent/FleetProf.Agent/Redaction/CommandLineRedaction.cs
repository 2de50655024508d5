using System.Globalization;
using System.Text;
using FleetProf.Agent.Discovery;

namespace FleetProf.Agent.Redaction;

/// <summary>
/// Takes secrets out of a command line before it leaves the host. It rather hides too much: what remains is for people to
/// recognise a process by, nothing depends on it.
/// </summary>
public static class CommandLineRedaction
{
    public const string Mark = "***";
    private const int MaxChars = 2048;
    private const int MaxArguments = 256;

    /// <summary>The arguments joined by spaces, redacted, without control characters, at most 2,048 characters.</summary>
    public static string Redact(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var line = new StringBuilder();
        var isSecretNext = false;
        var isKeyBlock = false;
        var letter = PasswordProgram.None;
        foreach (var argument in arguments.Take(MaxArguments).Select(Legible))
        {
            if (line.Length > 0) line.Append(' ');
            isKeyBlock |= SecretShapes.BeginsKeyBlock(argument);
            // After "--password" comes the password, even when it looks like an option. Where it is one ("--use-token --password x"), its value
            // follows all the same.
            line.Append(isSecretNext || isKeyBlock ? Mark : SecretShapes.Redact(argument, letter));
            isSecretNext = SecretShapes.IsSecretOption(argument) || PasswordProgram.IsOption(argument, letter) || (isSecretNext && argument is ("=" or ":"));
            isKeyBlock &= !SecretShapes.EndsKeyBlock(argument);
            letter = PasswordProgram.LetterIn(argument, letter);
            if (line.Length > MaxChars) break;
        }
        return CleanText.Of(line.ToString(), MaxChars);
    }

    /// <summary>As a reader will see it: what is invisible must not divide a name. Line breaks and tabs do divide words.</summary>
    private static string Legible(string argument) =>
        new([.. argument.Where(character => char.GetUnicodeCategory(character) != UnicodeCategory.Format).Select(character => char.IsControl(character) ? ' ' : character)]);
}
