using System.Runtime.InteropServices;
using FleetProf.Agent.Discovery.Identity;

namespace FleetProf.Agent.Redaction;

/// <summary>
/// Covers the command line of a target in what its runtime records. Every session ends with the event ProcessInfo of the provider
/// Microsoft-DotNETCore-EventPipe, asked for or not, which has the whole line in UTF-16. Bytes are overwritten where they stand, so that the format stays whole.
/// </summary>
internal sealed class CommandLineMask
{
    /// <summary>Of one piece; longer lines are looked for in several, so that what is held back stays small.</summary>
    private const int MostChars = 8_192;

    /// <summary>Longer ones are looked at in part only when they are redacted.</summary>
    private const int MostWords = 200;
    private const int MostReadChars = 2_000;

    private readonly List<byte[]> pieces;

    private CommandLineMask(List<byte[]> pieces) => this.pieces = pieces;

    /// <summary>Null where nothing is hidden elsewhere either: a line without secrets may be a part of other texts, which are to stay.</summary>
    /// <param name="commandLine">As the runtime tells it, which is as it records it. One that is suspended at its start tells the path of its executable alone, and records the rest once it goes on.</param>
    /// <param name="given">What the operating system says that the program was given, which the rest ends with.</param>
    public static CommandLineMask? Of(string commandLine, CommandLine given)
    {
        var arguments = given.ProgramArguments;
        var isTold = commandLine.EndsWith(arguments, StringComparison.Ordinal);
        // What is hidden elsewhere is covered here, and it is hidden there by whole arguments: a name may stand in one with its value, whatever blanks are between.
        var hasSecret = IsHidden(given.Arguments);
        List<byte[]> pieces = [];
        if ((hasSecret && isTold) || MayHoldSecret(commandLine)) pieces.AddRange(PiecesOf(commandLine));
        if (!isTold && (hasSecret || MayHoldSecret(arguments))) pieces.AddRange(PiecesOf(arguments));
        return pieces.Count > 0 ? new CommandLineMask(pieces) : null;
    }

    /// <summary>By its words, and as the one argument that it may be; nobody knows where its arguments end.</summary>
    private static bool MayHoldSecret(string line)
    {
        var words = line.Split([' ', '\t', '"'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > MostWords || line.Length > MostReadChars || IsHidden(words) || IsHidden([line]);
    }

    private static bool IsHidden(IReadOnlyList<string> arguments) => CommandLineRedaction.Redact(arguments).Contains(CommandLineRedaction.Mark, StringComparison.Ordinal);

    private static IEnumerable<byte[]> PiecesOf(string line)
    {
        if (line.Length == 0) return [];
        var count = (line.Length + MostChars - 1) / MostChars;
        var length = (line.Length + count - 1) / count;
        return Enumerable.Range(0, count).Select(piece => BytesOf(line.AsSpan(piece * length, Math.Min(length, line.Length - piece * length))));
    }

    /// <summary>
    /// Overwrites the line with asterisks. How many of the bytes, from the first on, are final: the others may be the beginning of a line whose end has not been
    /// read, and belong in front of what is read next.
    /// </summary>
    public int Hide(Span<byte> bytes)
    {
        var final = bytes.Length;
        foreach (var piece in pieces)
        {
            var rest = bytes;
            for (var at = rest.IndexOf(piece); at >= 0; at = rest.IndexOf(piece))
            {
                MemoryMarshal.Cast<byte, char>(rest.Slice(at, piece.Length)).Fill('*');
                rest = rest[(at + piece.Length)..];
            }
            final = Math.Min(final, bytes.Length - BegunAtTheEnd(bytes, piece));
        }
        return final;
    }

    private static int BegunAtTheEnd(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> piece)
    {
        for (var length = Math.Min(bytes.Length, piece.Length - 1); length > 0; length--)
            if (bytes[^length..].SequenceEqual(piece[..length])) return length;
        return 0;
    }

    private static byte[] BytesOf(ReadOnlySpan<char> text) => MemoryMarshal.AsBytes(text).ToArray();
}
