using FleetProf.Analysis.Allocations.Escapes;

namespace FleetProf.Analyzer.Allocations.Escapes;

/// <summary>Reads an escape report: a text of -m=2, a file of -json, or the folder that -json filled, one file for each of the program's sources.</summary>
internal static class EscapeReportFiles
{
    private const long MostBytes = 512L << 20;
    private const int MostFiles = 20_000;

    /// <exception cref="UnreadableArtifactException">It is none, or too large.</exception>
    public static EscapeReport Read(string path)
    {
        var report = new EscapeReport();
        if (Directory.Exists(path))
        {
            ReadFolder(path, report);
        }
        else
        {
            ReadFile(path, report);
        }

        return report.Lines.Count > 0 ? report : throw new UnreadableArtifactException("the report says nothing of escapes: it must be the output of go build -gcflags=-m=2, or what -gcflags=-json=0,FOLDER wrote (a cached build prints nothing; add -a)");
    }

    private static void ReadFolder(string path, EscapeReport report)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MaxRecursionDepth = 32 };
        var files = new DirectoryInfo(path).EnumerateFiles("*.json", options).Take(MostFiles + 1).OrderBy(file => file.FullName, StringComparer.Ordinal).ToList();
        if (files.Count > MostFiles || files.Sum(file => file.Length) > MostBytes)
        {
            throw new UnreadableArtifactException($"the folder holds more than {MostFiles} files or {MostBytes >> 20} MB, which is no report of one program");
        }

        foreach (var file in files)
        {
            using var text = file.OpenText();
            new EscapeJsonReader(report).Read(text);
        }
    }

    private static void ReadFile(string path, EscapeReport report)
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new UnreadableArtifactException($"the report has more than {MostBytes >> 20} MB");
        }

        using (var text = File.OpenText(path))
        {
            if (text.Peek() == '{' && new EscapeJsonReader(report).Read(text))
            {
                return;
            }
        }

        using var again = File.OpenText(path);
        new EscapeTextReader(report).Read(again);
    }
}
