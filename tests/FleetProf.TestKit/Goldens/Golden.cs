using System.Runtime.CompilerServices;

namespace FleetProf.TestKit.Goldens;

/// <summary>Compares text with a checked-in file beside the test. FLEETPROF_ACCEPT=1 rewrites the file instead; read the diff before committing it.</summary>
public static class Golden
{
    /// <summary>Throws with the first different line.</summary>
    /// <param name="actual">What the program says now.</param>
    /// <param name="name">File name beside the calling test.</param>
    /// <param name="caller">Filled in by the compiler.</param>
    public static void Verify(string actual, string name, [CallerFilePath] string caller = "") =>
        VerifyFile(actual, Path.Combine(Path.GetDirectoryName(caller)!, name));

    /// <summary>Like the other, with the whole path of the checked-in file.</summary>
    public static void VerifyFile(string actual, string path)
    {
        var normalised = actual.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("FLEETPROF_ACCEPT") == "1")
        {
            File.WriteAllText(path, normalised);
            return;
        }

        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"{path} is missing. Run once with FLEETPROF_ACCEPT=1 and read what it wrote.");
        }

        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (expected != normalised)
        {
            throw new InvalidOperationException($"{Path.GetFileName(path)}: {FirstDifference(expected.Split('\n'), normalised.Split('\n'))}\nIf the new text is right, run with FLEETPROF_ACCEPT=1.");
        }
    }

    private static string FirstDifference(string[] expected, string[] actual)
    {
        var line = Enumerable.Range(0, Math.Max(expected.Length, actual.Length))
            .First(line => line >= expected.Length || line >= actual.Length || expected[line] != actual[line]);
        return $"line {line + 1}\nexpected: {expected.ElementAtOrDefault(line)}\nactual:   {actual.ElementAtOrDefault(line)}";
    }
}
