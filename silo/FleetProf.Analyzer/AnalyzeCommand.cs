using System.Text;
using FleetProf.Analyzer.Allocations.Escapes;
using FleetProf.Analyzer.Confinement;
using FleetProf.Analyzer.Heaps;

namespace FleetProf.Analyzer;

/// <summary>Runs one analysis and answers with an exit code. Whatever the parsers throw is an unreadable artifact, never a stack trace.</summary>
internal static class AnalyzeCommand
{
    public const int Done = 0;
    public const int WrongUsage = 2;
    public const int Unreadable = 3;

    /// <summary>The volume of the results is full: it is not the artifact's fault, and trying again later helps.</summary>
    public const int NoSpace = 4;

    private const int NoSpaceLeft = 28;      // ENOSPC
    private const int QuotaExceeded = 122;   // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <param name="args">The command line.</param>
    /// <param name="output">One line of JSON.</param>
    /// <param name="error">One line about what is wrong.</param>
    /// <param name="confine">Called with what is to be read and the folder to write before any of it is opened; null confines nothing.</param>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, Action<IReadOnlyList<string>, string?>? confine = null)
    {
        if (args is ["probe"])
        {
            return Probe(output, confine);
        }

        if (args is ["diff", ..])
        {
            return PairOptions.Parse(args) is { } diff
                ? Guarded([diff.First, diff.Second], Confined([diff.First, diff.Second], diff.Output, () => SnapshotComparison.Run(diff)), output, error)
                : Refused(PairOptions.DiffUsage, error);
        }

        if (args is ["escapes", ..])
        {
            return PairOptions.Parse(args) is not { } escapes
                ? Refused(PairOptions.EscapesUsage, error)
                : Guarded(
                    Directory.Exists(escapes.First) ? [escapes.Second] : [escapes.First, escapes.Second],
                    Confined([escapes.First, escapes.Second], escapes.Output, () => EscapeJoin.Run(escapes)),
                    output,
                    error);
        }

        var options = AnalyzeOptions.Parse(args, out var problem);
        return options is null
            ? Refused($"{problem}; {AnalyzeOptions.Usage}", error)
            : Guarded([options.Input], Confined([options.Input], options.Output, () => ArtifactAnalysis.Run(options)), output, error);

        Func<byte[]> Confined(string[] reads, string writes, Func<byte[]> run) => () =>
        {
            confine?.Invoke(reads, writes);
            return run();
        };
    }

    /// <summary>Says which layers of confinement are in force here, by trying; the silo asks once. Behind them, what they would refuse and is allowed.</summary>
    private static int Probe(TextWriter output, Action<IReadOnlyList<string>, string?>? confine)
    {
        confine?.Invoke([], null);
        var (layers, allowed) = Attempts.Make();
        output.WriteLine($"confined: {layers}");
        foreach (var attempt in allowed)
        {
            output.WriteLine($"allowed: {attempt}");
        }

        return Done;
    }

    private static int Refused(string problem, TextWriter error)
    {
        error.WriteLine(problem);
        return WrongUsage;
    }

    private static int Guarded(string[] inputs, Func<byte[]> run, TextWriter output, TextWriter error)
    {
        if (Array.Find(inputs, input => !File.Exists(input)) is { } missing)
        {
            return Refused($"no such file: {missing}", error);
        }

        try
        {
            output.WriteLine(Encoding.UTF8.GetString(run()));
            return Done;
        }
        catch (OutOfMemoryException)
        {
            error.WriteLine("the artifact asks for more memory than the analyzer may use; it is damaged, hostile, or too large for the analyzer's memory limit");
            return Unreadable;
        }
        catch (UnreadableArtifactException unreadable)
        {
            error.WriteLine(OneLine(unreadable.Message));
            return Unreadable;
        }
        catch (IOException full) when (full.HResult is NoSpaceLeft or QuotaExceeded or WindowsDiskFull)
        {
            error.WriteLine(OneLine(full.Message));
            return NoSpace;
        }
#pragma warning disable CA1031 // Parsers of hostile bytes throw nearly anything; the process ends right here.
        catch (Exception other)
        {
            error.WriteLine(OneLine($"the artifact could not be read: {other.GetType().Name}: {other.Message}"));
            return Unreadable;
        }
#pragma warning restore CA1031
    }

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= 500 ? line : line[..500];
    }
}
