namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>
/// Finds the file of a report that is a file of a profile. The two were written in different folders, by builds with and without -trimpath,
/// so paths are held against each other from their ends.
/// </summary>
internal sealed class ReportFiles
{
    private readonly ILookup<string, Known> _byName;
    private readonly Dictionary<(string File, string Package), string?> _found = [];

    public ReportFiles(IEnumerable<EscapeLine> lines) => _byName = lines.Select(line => (line.File, line.Package)).Distinct()
        .Select(file => new Known(file.File, file.Package, PartsOf(file.File))).ToLookup(file => file.Parts[^1], StringComparer.Ordinal);

    /// <summary>Files of the profile that fit several of the report as well.</summary>
    public HashSet<string> Ambiguous { get; } = new(StringComparer.Ordinal);

    /// <summary>The name in the report; null when there is none, or more than one fits as well.</summary>
    public string? Find(CodePlace place)
    {
        var key = (place.File, place.Package);
        if (!_found.TryGetValue(key, out var found))
        {
            found = Match(place);
            _found.Add(key, found);
        }

        return found;
    }

    private string? Match(CodePlace place)
    {
        var parts = PartsOf(place.File);
        var fitting = _byName[parts[^1]].Select(file => (file, Common: Common(file.Parts, parts))).Where(entry => Fits(entry.file, entry.Common, parts, place.Package)).ToList();
        if (fitting.Count == 0)
        {
            return null;
        }

        var longest = fitting.Max(entry => entry.Common);
        var best = fitting.FindAll(entry => entry.Common == longest);
        var exact = best.FindAll(entry => entry.file.Package == place.Package);
        var names = (exact.Count > 0 ? exact : best).Select(entry => entry.file.File).Distinct().ToList();
        if (names.Count == 1)
        {
            return names[0];
        }

        Ambiguous.Add(place.File);
        return null;
    }

    // A relative name must fit whole; of two absolute ones the folder at least, unless one of them is only a name.
    private static bool Fits(Known file, int common, string[] parts, string package) =>
        IsOfPackage(file.Package, package) && (common == file.Parts.Length || common == parts.Length || (file.File.StartsWith('/') && common >= 2));

    // The report names a program by its path or by how it was called, the profile calls it "main".
    private static bool IsOfPackage(string reported, string package) => package is "main" or "" || reported is "" || reported == package || reported.StartsWith("command-line-arguments", StringComparison.Ordinal);

    private static int Common(string[] first, string[] second)
    {
        var count = 0;
        while (count < first.Length && count < second.Length && first[^(count + 1)] == second[^(count + 1)])
        {
            count++;
        }

        return count;
    }

    private static string[] PartsOf(string path)
    {
        var parts = path.Replace('\\', '/').Split('/').Where(part => part is not ("" or "." or "..")).ToArray();
        return parts.Length > 0 ? parts : [path];
    }

    private sealed record Known(string File, string Package, string[] Parts);
}
