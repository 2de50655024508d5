using System.Globalization;
using FleetProf.Analysis.Allocations;
using FleetProf.Analysis.Allocations.Hidden;
using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analyzer.Heaps;
using FleetProf.Analyzer.Nettrace;
using FleetProf.Analyzer.Profiles;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analyzer;

/// <summary>
/// Writes the result files of a .nettrace: those of its kind always, the others when the recording happens to hold their events.
/// What matters most comes first, in case the output cap is reached.
/// </summary>
internal sealed class RecordingReport(Recording recording, ArtifactKind kind, OutputFolder output)
{
    private bool _isCold;
    private bool _isOfDebugBuild;
    private IReadOnlyList<string> _heapWarnings = [];

    private bool HasCpu => recording.Cpu.ManagedCount + recording.Cpu.ExternalCount > 0 || kind == ArtifactKind.Trace;

    // A heap walk's session sees allocation ticks as well; they would only distract.
    private bool HasAllocations => kind == ArtifactKind.Alloc || (recording.Allocations.Types.SampleCount > 0 && !IsHeap);

    private bool IsHeap => kind == ArtifactKind.Gcdump || (kind == ArtifactKind.Auto && recording.Heap.HasObjects);

    private bool HasCollections => recording.Collections.Count > 0 || kind == ArtifactKind.Gc;

    /// <exception cref="UnreadableArtifactException">A heap snapshot was asked for and the recording holds none.</exception>
    public AnalysisSummary Write()
    {
        var graph = WriteHeap();
        if (HasCpu)
        {
            var profile = recording.Cpu.ToProfile(recording.Names, recording.StartedAt, recording.Duration);
            new ProfileFiles("cpu", "samples", recording.LostEvents).Write(profile, output);
        }

        if (HasAllocations)
        {
            output.Write("alloc.types.json", stream => recording.Allocations.Types.WriteJson(stream, recording.Duration));
            output.WriteText("alloc.types.csv", recording.Allocations.Types.WriteCsv);
            var profile = recording.Allocations.ToProfile(recording.Names, recording.StartedAt, recording.Duration);
            WriteHidden(recording.Allocations.ToHidden(profile, recording.Names));
            var files = new ProfileFiles("alloc", "bytes", recording.LostEvents);
            files.Write(profile, output);
            files.WriteInverted(profile, "bytype", output);
        }

        if (HasCollections)
        {
            output.Write("gcs.json", stream => GcTable.WriteJson(recording.Collections, stream));
            output.WriteText("gcs.csv", text => GcTable.WriteCsv(recording.Collections, text));
        }

        var summary = Summary() with
        {
            ObjectCount = graph?.NodeCount ?? 0,
            HeapBytes = graph?.HeapBytes ?? 0,
            IsComplete = graph?.Completeness.IsComplete ?? recording.Problem is null,
            IncompleteReason = graph is null ? recording.Problem : graph.Completeness.Reason,
        };
        return graph is null ? summary : summary.WithFidelity(HeapFidelity.Of(graph));
    }

    private void WriteHidden(HiddenAllocations hidden)
    {
        output.Write("alloc.hidden.json", stream => HiddenAllocationFile.WriteJson(hidden, recording.Duration, stream));
        output.WriteText("alloc.hidden.csv", text => HiddenAllocationFile.WriteCsv(hidden, text));
        (_isCold, _isOfDebugBuild) = (hidden.IsCold, hidden.IsOfDebugBuild);
    }

    private HeapGraph? WriteHeap()
    {
        if (recording.Heap.HasObjects)
        {
            var graph = recording.ToHeapGraph();
            _heapWarnings = HeapFiles.Write(graph, Facts(recording), output, HeapFiles.FreeBytes());
            return graph;
        }

        if (kind == ArtifactKind.Gcdump)
        {
            throw new UnreadableArtifactException(recording.Problem is { } problem
                ? $"the recording was cut before the heap was walked: {problem}"
                : "the recording holds no heap walk: the process sent no object, probably because its buffer was too small or it ended first");
        }

        return null;
    }

    private static GcdumpFacts Facts(Recording recording) => new()
    {
        TakenAt = recording.StartedAt + TimeSpan.FromMilliseconds(recording.Heap.TakenAtMs),
        ProcessId = recording.Process.ProcessId,
    };

    private AnalysisSummary Summary()
    {
        var pauseMs = recording.Collections.Sum(gc => gc.PauseMs);
        var allocSamples = HasAllocations ? recording.Allocations.Types.SampleCount : 0;
        return new AnalysisSummary
        {
            Kind = KindName(),
            DurationMs = Math.Round(recording.Duration.TotalMilliseconds, 3),
            StartedAt = recording.StartedAt,
            EventCount = recording.EventCount,
            RundownEventCount = recording.RundownEventCount,
            LostEvents = recording.LostEvents,
            CpuSampleCount = recording.Cpu.ManagedCount,
            CpuSamplePeriodMs = HasCpu && recording.Cpu.PeriodMs > 0 ? Math.Round(recording.Cpu.PeriodMs, 6) : null,
            ExternalSampleCount = recording.Cpu.ExternalCount,
            AllocSampleCount = allocSamples,
            AllocationSource = allocSamples == 0 ? null : recording.Allocations.Source == AllocationSource.Sampled ? "allocationSampled" : "allocationTick",
            GcCount = recording.Collections.Count,
            GcPauseTotalMs = Math.Round(pauseMs, 3),
            GcPausePercent = recording.Duration > TimeSpan.Zero ? Math.Round(pauseMs * 100 / recording.Duration.TotalMilliseconds, 3) : 0,
            ThreadCount = recording.Cpu.Threads.Count > 0 ? recording.Cpu.Threads.Count : recording.ThreadCount,
            Warnings = [.. Warnings(allocSamples), .. _heapWarnings],
            Process = Process(recording.Process),
            Threads = Threads(recording.Cpu),
            Files = output.Files,
            OmittedFiles = output.Omitted,
        }.WithPauses(Pauses());
    }

    private DdSketch Pauses()
    {
        var pauses = new DdSketch();
        foreach (var gc in recording.Collections.Where(gc => gc.PauseMs is >= 0 and <= DdSketch.LargestValue))
        {
            pauses.Add(gc.PauseMs);
        }

        return pauses;
    }

    private string KindName() => kind switch
    {
        ArtifactKind.Auto when recording.Heap.HasObjects => "gcdump",
        ArtifactKind.Auto when recording.Cpu.ManagedCount + recording.Cpu.ExternalCount > 0 => "trace",
        ArtifactKind.Auto when recording.Allocations.Types.SampleCount > 0 => "alloc",
        ArtifactKind.Auto => "gc",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private IEnumerable<string> Warnings(long allocSamples)
    {
        var hasStacks = recording.Cpu.ManagedCount + recording.Cpu.ExternalCount + allocSamples > 0;
        if (hasStacks && !recording.HasMethodNames)
        {
            yield return "the recording has no rundown, so methods have no names: the process ended first, or the session was cut";
        }
        else if (recording.Names.UnresolvedShare > 0.1)
        {
            yield return $"{recording.Names.UnresolvedShare:P0} of the frames could not be named";
        }

        if (recording.LostEvents > 0)
        {
            yield return $"{recording.LostEvents} events were lost in the process because its buffer was full: counts are too low";
        }

        if (recording.Cpu.CutCount is > 0 and var cutCpu)
        {
            yield return CutStacks("CPU", cutCpu, recording.Cpu.ManagedCount);
        }

        if (allocSamples > 0 && recording.Allocations.CutCount is > 0 and var cutAllocations)
        {
            yield return CutStacks("allocation", cutAllocations, allocSamples);
        }

        if (_isCold)
        {
            yield return "the recording is cold: much of the sampled code was not optimised yet, and will allocate less once it is; record again when the process has warmed up";
        }

        if (_isOfDebugBuild)
        {
            yield return "much of the sampled code is of a Debug build, which is never optimised and allocates more than a Release build does; capture a Release build";
        }

        if (allocSamples > 0 && recording.Allocations.Source == AllocationSource.Tick)
        {
            yield return "allocation figures come from AllocationTick and are biased towards small, frequent types; .NET 10 has unbiased samples";
        }
    }

    private static string CutStacks(string kind, long cut, long samples) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cut} {kind} samples ({(double)cut / samples:P1}) have stacks cut at {RawStacks.MostFrames} frames: totals of outer methods are too low");

    private static AnalysisSummary.ProcessSummary Process(ProcessFacts facts) =>
        new(facts.ProcessId, facts.OperatingSystem, facts.Architecture, facts.RuntimeVersion, facts.PointerBytes, facts.ProcessorCount, facts.IsServerGC);

    private static IReadOnlyList<AnalysisSummary.ThreadSamples> Threads(CpuSamples cpu) =>
        [.. cpu.Threads.OrderByDescending(thread => thread.Value.Managed).Take(100)
            .Select(thread => new AnalysisSummary.ThreadSamples(thread.Key, thread.Value.Managed, thread.Value.External))];
}
