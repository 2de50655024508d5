using System.Text;

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

    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var options = AnalyzeOptions.Parse(args, out var problem);
        if (options is null)
        {
            error.WriteLine($"{problem}; {AnalyzeOptions.Usage}");
            return WrongUsage;
        }

        if (!File.Exists(options.Input))
        {
            error.WriteLine($"no such file: {options.Input}");
            return WrongUsage;
        }

        try
        {
            output.WriteLine(Encoding.UTF8.GetString(ArtifactAnalysis.Run(options)));
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
