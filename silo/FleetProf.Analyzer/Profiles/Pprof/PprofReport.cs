using System.Globalization;

namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>Writes the result files of a pprof profile: those of its kind, of a heap profile without a kind both sides. Types are found by name: differences that Go's handler makes name none as their first.</summary>
internal sealed class PprofReport(PprofFile file, ArtifactKind kind, OutputFolder output)
{
    /// <summary>What a difference without a place is: Go tells of allocations only when a collection has completed.</summary>
    public const string NoCollection = "no collection completed while the profile was taken, and Go tells of allocations only then: the profile is empty, which does not say that nothing was allocated; take a longer one";

    private static readonly Part Cpu = new("cpu", "samples", ArtifactKind.Trace, ["samples"]);
    private static readonly Part Allocated = new("alloc", "bytes", ArtifactKind.Alloc, ["alloc_space", "alloc_objects"]);
    private static readonly Part InUse = new("inuse", "bytes", ArtifactKind.Gcdump, ["inuse_space", "inuse_objects"]);
    private static readonly Part Goroutines = new("goroutine", "goroutines", ArtifactKind.Goroutines, ["goroutine"]);

    private readonly List<string> _warnings = [];
    private long _damaged;

    private bool IsDifference => file.Duration > TimeSpan.Zero;

    /// <summary>What every other difference of allocations is, which neither a rate nor the chance of its samples knows.</summary>
    public static string OfWholeIntervals(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"Go tells of allocations up to a completed collection: these are of whole intervals between collections, not of {duration.TotalSeconds:0.#} s; with fewer than about ten collections in it, rates and intervals say little");

    /// <exception cref="UnreadableArtifactException">It holds nothing of what was asked for, or nothing that is known here.</exception>
    public AnalysisSummary Write()
    {
        var parts = new List<Part>([Cpu, Allocated, InUse, Goroutines]).FindAll(IsThere);
        if (parts.Count == 0)
        {
            var types = string.Join(", ", file.Types.Select(type => $"{type.Name}/{type.Unit}"));
            throw new UnreadableArtifactException($"the file is a pprof profile of {types}, which {(kind == ArtifactKind.Auto ? "cannot be shown" : $"holds nothing of kind {kind.ToString().ToLowerInvariant()}")}");
        }

        var summary = new AnalysisSummary
        {
            Kind = KindName(parts),
            Runtime = file.Places.IsGo ? "Go" : null,
            DurationMs = Math.Round(file.Duration.TotalMilliseconds, 3),
        };
        foreach (var part in parts)
        {
            summary = Write(part, summary);
        }

        WarnOfTimes(parts);
        return summary with
        {
            IsComplete = _damaged == 0,
            IncompleteReason = _damaged == 0 ? null : $"{_damaged} samples have impossible values and were left out",
            Warnings = _warnings,
            Files = output.Files,
            OmittedFiles = output.Omitted,
        };
    }

    private bool IsThere(Part part) => Array.TrueForAll(part.Types, type => file.IndexOf(type) >= 0)
        && (kind == ArtifactKind.Auto || kind == part.Kind)
        // A difference tells how much more is in use, which may be less than nothing.
        && !(part == InUse && IsDifference && kind == ArtifactKind.Auto);

    private string KindName(List<Part> parts) => parts switch
    {
        _ when parts.Contains(Cpu) => "trace",
        _ when parts.Contains(Goroutines) => "goroutines",
        _ when parts.Contains(InUse) && (kind == ArtifactKind.Gcdump || file.DefaultType != "alloc_space") => "gcdump",
        _ => "alloc",
    };

    private AnalysisSummary Write(Part part, AnalysisSummary summary)
    {
        if (part == InUse && IsDifference)
        {
            throw new UnreadableArtifactException("the file is a difference of two heap profiles, which does not say what is in use; take one without ?seconds=");
        }

        int[] shown = [.. part.Types.Select(file.IndexOf)];
        var samples = new PprofSamples(file, [.. shown, .. Enumerable.Range(0, file.Types.Count).Except(shown)]);
        new ProfileFiles(part.Name, part.Unit, lostEvents: 0).Write(samples.Profile, output);
        if (part.Unit == "bytes")
        {
            output.Write($"{part.Name}.functions.json", stream => samples.Functions.WriteJson(stream, file.Duration));
            output.WriteText($"{part.Name}.functions.csv", samples.Functions.WriteCsv);
        }

        _damaged = Math.Max(_damaged, samples.DamagedSamples);
        Warn(part, samples);
        var (total, second) = (samples.Profile.Total(0), part.Types.Length > 1 ? samples.Profile.Total(1) : 0);
        summary = summary with { StartedAt = samples.Profile.StartedAt, EventCount = samples.Profile.SampleCount };
        return part.Name switch
        {
            "cpu" => summary with
            {
                CpuSampleCount = samples.Profile.SampleCount,
                CpuSamplePeriodMs = file is { Period: > 0, PeriodType.Unit: "nanoseconds" } ? file.Period / 1e6 : null,
            },
            "alloc" => summary with { AllocSampleCount = samples.Profile.SampleCount, AllocationSource = "goHeapProfile" },
            "inuse" => summary with { HeapBytes = (long)Math.Round(total), ObjectCount = (long)Math.Round(second) },
            _ => summary with { GoroutineCount = (long)total },
        };
    }

    private void Warn(Part part, PprofSamples samples)
    {
        if (samples.OwnValue > 0)
        {
            var all = samples.OwnValue + samples.Profile.Total(0);
            _warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{part.Name}: {samples.OwnValue:0} of {all:0} {part.Unit} ({samples.OwnValue / all:P1}) belong to the making of profiles itself (runtime/pprof, net/http/pprof) and were left out"));
        }

        if (samples.CutStacks > 0)
        {
            _warnings.Add($"{part.Name}: {samples.CutStacks} stacks are deeper than {PprofSamples.MostFrames} frames; their outermost callers were left out");
        }
    }

    private void WarnOfTimes(List<Part> parts)
    {
        if (parts.Contains(Allocated) && IsDifference)
        {
            _warnings.Add(file.Places.IsEmpty ? NoCollection : OfWholeIntervals(file.Duration));
        }

        if (parts.Contains(Allocated) && !IsDifference)
        {
            _warnings.Add("allocations count since the start of the process, so no rate can be given; /debug/pprof/allocs?seconds=N gives the allocations of N seconds");
        }

        if (parts.Contains(InUse))
        {
            _warnings.Add("what is in use is as of the last completed collection, not of the moment of the profile");
        }
        else if (parts.Contains(Allocated) && IsDifference)
        {
            _warnings.Add("the profile is a difference of two: it says what was allocated between them, and not what is in use");
        }
    }

    private sealed record Part(string Name, string Unit, ArtifactKind Kind, string[] Types);
}
