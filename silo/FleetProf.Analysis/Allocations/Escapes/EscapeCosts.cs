namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>An escape report joined with an allocation profile, line by line: what each escape costs, and what the report does not say.</summary>
public sealed class EscapeCosts
{
    private readonly EscapeReport _report;
    private readonly ReportFiles _files;
    private readonly ILookup<(string File, int Line), EscapeLine> _byLine;
    private readonly HashSet<(string File, int Line)> _allocating = [];

    private EscapeCosts(EscapeReport report)
    {
        _report = report;
        Lines = report.Lines;
        _files = new ReportFiles(Lines);
        _byLine = Lines.ToLookup(line => (line.File, line.Line));
    }

    /// <summary>Most bytes first.</summary>
    public IReadOnlyList<EscapeSite> Sites { get; private set; } = [];

    /// <summary>Of the whole profile.</summary>
    public double TotalBytes { get; private set; }

    /// <summary>Lines of the report that mislead, explained.</summary>
    public IReadOnlyList<EscapeExplanation> Explanations { get; private set; } = [];

    /// <summary>What a reader should know before trusting the join.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public string? GoVersion => _report.GoVersion;

    internal IReadOnlyList<EscapeLine> Lines { get; }

    internal int Repeated => _report.Repeated;

    /// <summary>Bytes of all sites with this verdict.</summary>
    public double BytesOf(EscapeVerdict verdict) => Sites.Where(site => site.Verdict == verdict).Sum(site => site.Bytes);

    public static EscapeCosts Of(EscapeReport report, IReadOnlyCollection<AllocatedLine> allocated)
    {
        var costs = new EscapeCosts(report) { TotalBytes = allocated.Sum(line => line.Bytes) };
        costs.Sites =
        [
            .. allocated.Where(line => line.Bytes > 0).GroupBy(line => (line.Place.File, line.Place.Line)).Select(costs.ToSite)
                .OrderByDescending(site => site.Bytes).ThenBy(site => site.Place.File, StringComparer.Ordinal).ThenBy(site => site.Place.Line),
        ];
        costs.Explanations = [.. EscapeExplanation.Of(costs)];
        costs.Warnings = [.. costs.Warn()];
        return costs;
    }

    /// <summary>Whether something was sampled at the line of this statement.</summary>
    internal bool Allocates(EscapeLine line) => _allocating.Contains((line.File, line.Line));

    private EscapeSite ToSite(IGrouping<(string File, int Line), AllocatedLine> lines)
    {
        var heaviest = lines.MaxBy(line => line.Bytes)!;
        var (said, at, isCovered) = Said(lines, heaviest);
        var allocations = said.FindAll(line => line.IsAllocation);
        var stays = said.FindAll(line => line.Kind == EscapeKind.DoesNotEscape);
        var verdict = allocations.Count > 0 ? EscapeVerdict.Escapes : stays.Count > 0 ? EscapeVerdict.DoesNotEscape : isCovered ? EscapeVerdict.NotSaid : EscapeVerdict.NotCovered;
        var shown = allocations.Count > 0 ? allocations : stays;
        return new EscapeSite
        {
            Place = heaviest.Place,
            Verdict = verdict,
            Bytes = lines.Sum(line => line.Bytes),
            Objects = lines.Sum(line => line.Objects),
            Samples = lines.Sum(line => line.Samples),
            Share = TotalBytes > 0 ? lines.Sum(line => line.Bytes) / TotalBytes : 0,
            Subjects = [.. shown.Select(line => line.Subject).Distinct().Take(8)],
            Reason = allocations.Find(line => line.Reason is not null)?.Reason,
            Note = EscapeNotes.Of(verdict, shown),
            ReportedAt = at,
        };
    }

    /// <summary>What is said of the line itself, else of the nearest line into which it was inlined.</summary>
    private (List<EscapeLine> Said, CodePlace? At, bool IsCovered) Said(IEnumerable<AllocatedLine> lines, AllocatedLine heaviest)
    {
        var isCovered = false;
        foreach (var place in (CodePlace[])[heaviest.Place, .. lines.OrderByDescending(line => line.Bytes).SelectMany(line => line.InlinedInto)])
        {
            if (_files.Find(place) is not { } file)
            {
                continue;
            }

            var isOwn = place == heaviest.Place;
            isCovered |= isOwn;
            _allocating.Add((file, place.Line));
            var said = _byLine[(file, place.Line)].ToList();
            if (said.Exists(line => line.IsAllocation || (isOwn && line.Kind == EscapeKind.DoesNotEscape)))
            {
                return (said, isOwn ? null : place, true);
            }
        }

        return ([], null, isCovered);
    }

    private IEnumerable<string> Warn()
    {
        if (TotalBytes > 0 && BytesOf(EscapeVerdict.NotCovered) / TotalBytes is > 0.5 and var share)
        {
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share:P0} of the allocated bytes are in packages that the report does not cover; compile with -gcflags=all=-m=2 for all of them, and see that both are of one build");
        }

        if (_files.Ambiguous.Count > 0)
        {
            yield return $"{_files.Ambiguous.Count} files of the profile fit several of the report and were left out, for example {_files.Ambiguous.Order(StringComparer.Ordinal).First()}";
        }

        if (_report.LeftOut > 0)
        {
            yield return $"{_report.LeftOut} statements of the report were left out, it is too long";
        }
    }
}
