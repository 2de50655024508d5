using FleetProf.Analysis.Allocations;
using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analyzer.Nettrace;
using FleetProf.Analyzer.Profiles;

namespace FleetProf.Analyzer;

/// <summary>Writes the result files of a .nettrace: those of its kind always, the others when the recording happens to hold their events.</summary>
internal static class RecordingReport
{
    public static AnalysisSummary Write(Recording recording, ArtifactKind kind, OutputFolder output)
    {
        if (recording.Collections.Count > 0 || kind == ArtifactKind.Gc)
        {
            output.Write("gcs.json", stream => GcTable.WriteJson(recording.Collections, stream));
            output.WriteText("gcs.csv", text => GcTable.WriteCsv(recording.Collections, text));
        }

        if (recording.Cpu.ManagedCount + recording.Cpu.ExternalCount > 0 || kind == ArtifactKind.Trace)
        {
            var profile = recording.Cpu.ToProfile(recording.Names, recording.StartedAt, recording.Duration);
            new ProfileFiles("cpu", "samples", recording.LostEvents).Write(profile, output);
        }

        // A heap walk's session sees allocation ticks as well; they would only distract.
        var hasAllocations = recording.Allocations.Types.SampleCount > 0 && kind != ArtifactKind.Gcdump && !(kind == ArtifactKind.Auto && recording.Heap.HasObjects);
        if (hasAllocations || kind == ArtifactKind.Alloc)
        {
            var profile = recording.Allocations.ToProfile(recording.Names, recording.StartedAt, recording.Duration);
            new ProfileFiles("alloc", "bytes", recording.LostEvents).Write(profile, output);
            output.Write("alloc.types.json", stream => recording.Allocations.Types.WriteJson(stream, recording.Duration));
            output.WriteText("alloc.types.csv", recording.Allocations.Types.WriteCsv);
        }

        var graph = recording.Heap.HasObjects ? recording.ToHeapGraph() : null;
        if (graph is not null)
        {
            HeapFiles.Write(graph, Facts(recording), output);
        }
        else if (kind == ArtifactKind.Gcdump)
        {
            throw new UnreadableArtifactException(recording.Problem is { } problem
                ? $"the recording was cut before the heap was walked: {problem}"
                : "the recording holds no heap walk: the process sent no object, probably because its buffer was too small or it ended first");
        }

        return Summary(recording, kind, output) with
        {
            ObjectCount = graph?.NodeCount ?? 0,
            HeapBytes = graph?.HeapBytes ?? 0,
            IsComplete = graph?.Completeness.IsComplete ?? recording.Problem is null,
            IncompleteReason = graph is null ? recording.Problem : graph.Completeness.Reason,
        };
    }

    private static GcdumpFacts Facts(Recording recording) => new()
    {
        TakenAt = recording.StartedAt + TimeSpan.FromMilliseconds(recording.Heap.TakenAtMs),
        ProcessId = recording.Process.ProcessId,
    };

    private static AnalysisSummary Summary(Recording recording, ArtifactKind kind, OutputFolder output)
    {
        var pauseMs = recording.Collections.Sum(gc => gc.PauseMs);
        var allocSamples = recording.Allocations.Types.SampleCount;
        return new AnalysisSummary
        {
            Kind = KindName(recording, kind),
            DurationMs = Math.Round(recording.Duration.TotalMilliseconds, 3),
            StartedAt = recording.StartedAt,
            EventCount = recording.EventCount,
            LostEvents = recording.LostEvents,
            CpuSampleCount = recording.Cpu.ManagedCount,
            ExternalSampleCount = recording.Cpu.ExternalCount,
            AllocSampleCount = allocSamples,
            AllocationSource = allocSamples == 0 ? null : recording.Allocations.Source == AllocationSource.Sampled ? "allocationSampled" : "allocationTick",
            GcCount = recording.Collections.Count,
            GcPauseTotalMs = Math.Round(pauseMs, 3),
            GcPausePercent = recording.Duration > TimeSpan.Zero ? Math.Round(pauseMs * 100 / recording.Duration.TotalMilliseconds, 3) : 0,
            ThreadCount = recording.Cpu.Threads.Count > 0 ? recording.Cpu.Threads.Count : recording.ThreadCount,
            Warnings = [.. Warnings(recording)],
            Process = Process(recording.Process),
            Threads = Threads(recording.Cpu),
            Files = output.Files,
            OmittedFiles = output.Omitted,
        };
    }

    private static string KindName(Recording recording, ArtifactKind kind) => kind switch
    {
        ArtifactKind.Auto when recording.Heap.HasObjects => "gcdump",
        ArtifactKind.Auto when recording.Cpu.ManagedCount + recording.Cpu.ExternalCount > 0 => "trace",
        ArtifactKind.Auto when recording.Allocations.Types.SampleCount > 0 => "alloc",
        ArtifactKind.Auto => "gc",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<string> Warnings(Recording recording)
    {
        var hasStacks = recording.Cpu.ManagedCount + recording.Cpu.ExternalCount + recording.Allocations.Types.SampleCount > 0;
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

        if (recording.Allocations.Types.SampleCount > 0 && recording.Allocations.Source == AllocationSource.Tick)
        {
            yield return "allocation figures come from AllocationTick and are biased towards small, frequent types; .NET 10 has unbiased samples";
        }
    }

    private static AnalysisSummary.ProcessSummary Process(ProcessFacts facts) =>
        new(facts.ProcessId, facts.OperatingSystem, facts.Architecture, facts.RuntimeVersion, facts.PointerBytes, facts.ProcessorCount, facts.IsServerGC);

    private static IReadOnlyList<AnalysisSummary.ThreadSamples> Threads(CpuSamples cpu) =>
        [.. cpu.Threads.OrderByDescending(thread => thread.Value.Managed).Take(100)
            .Select(thread => new AnalysisSummary.ThreadSamples(thread.Key, thread.Value.Managed, thread.Value.External))];
}
