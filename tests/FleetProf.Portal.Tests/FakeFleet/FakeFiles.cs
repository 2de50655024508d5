using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>The files that the analyzer would make, once per capture kind.</summary>
internal static class FakeFiles
{
    private static readonly ConcurrentDictionary<CaptureKind, IReadOnlyList<FakeFile>> ByKind = new();

    public static IReadOnlyList<FakeFile> Of(CaptureKind kind) => ByKind.GetOrAdd(kind, kind => [.. Create(kind)]);

    public static FakeFile? Find(CaptureKind kind, string name) => Of(kind).FirstOrDefault(file => file.Name == name);

    /// <summary>The flame graph of every second capture.</summary>
    public static FakeFile ChangedFlame { get; } = Json("cpu.flame.json", FakeFlame.Create("samples", 96_112, nodeCount: 50_000).ToChangedFile());

    /// <summary>The capture as it looks when its files are there.</summary>
    public static Capture Complete(Capture capture)
    {
        var original = Find(capture.Kind, "original.nettrace")!;
        return capture with
        {
            Sha256 = original.Sha256,
            SizeBytes = original.Content.Length,
            StallMs = capture.Kind == CaptureKind.Gcdump ? 412 : 0,
            Summary = new()
            {
                DurationMs = capture.DurationSeconds * 1000,
                EventCount = 81_204,
                LostEvents = capture.Kind == CaptureKind.Alloc ? 13 : 0,
                CpuSampleCount = capture.Kind == CaptureKind.Trace ? 96_112 : 0,
                CpuSamplePeriodMs = capture.Kind == CaptureKind.Trace ? 1.07 : null,
                AllocSampleCount = capture.Kind == CaptureKind.Alloc ? 5_210 : 0,
                GcCount = capture.Kind == CaptureKind.Gc ? FakeTables.GcCount : 21,
                ThreadCount = 24,
                ObjectCount = capture.Kind == CaptureKind.Gcdump ? 1_874_332 : 0,
                HeapBytes = capture.Kind == CaptureKind.Gcdump ? FakeHeap.Bytes : 0,
                Fidelity = capture.Kind == CaptureKind.Gcdump ? 0.998 : null,
                FidelitySentence = capture.Kind == CaptureKind.Gcdump
                    ? "The walk found 342 MB in 1,874,332 objects; the runtime counted 343 MB live after the same collection. Nothing is known to be missing." : null,
            },
        };
    }

    private static IEnumerable<FakeFile> Create(CaptureKind kind)
    {
        yield return new("original.nettrace", "application/octet-stream", Original(kind));
        yield return Json("summary.json", new { kind = kind.ToString().ToLowerInvariant(), durationMs = 10_000, eventCount = 81_204 });
        yield return Json("gcs.json", FakeTables.Gcs());
        yield return new("gcs.csv", "text/csv", Encoding.UTF8.GetBytes("GC Index,Pause MSec\n1,3.2\n"));
        var more = kind switch
        {
            CaptureKind.Trace => Profile("cpu", "samples", 96_112),
            CaptureKind.Alloc =>
            [
                .. Profile("alloc", "bytes", 1_200_000_000), Json("alloc.types.json", FakeTables.AllocTypes()), Csv("alloc.types.csv"),
                Json("alloc.hidden.json", FakeHiddenAllocations.Create()), Csv("alloc.hidden.csv"), Json("alloc.bytype.flame.json", FakeFlame.Create("bytes", 1_200_000_000, nodeCount: 2_000).ToFile()),
            ],
            CaptureKind.Gcdump =>
            [
                Json("heap.types.json", FakeTables.HeapTypes()), Csv("heap.types.csv"), Json("heap.suspects.json", FakeHeap.SuspectsFile()), Json("heap.paths.json", FakeHeap.PathsFile()),
                new FakeFile("heap.tree", "application/octet-stream", [1, 2, 3]), new FakeFile("heap.gcdump", "application/octet-stream", Original(kind)),
            ],
            _ => [],
        };
        foreach (var file in more)
        {
            yield return file;
        }
    }

    private static IEnumerable<FakeFile> Profile(string prefix, string unit, long total)
    {
        var flame = FakeFlame.Create(unit, total, nodeCount: 50_000);
        yield return Json($"{prefix}.flame.json", flame.ToFile());
        yield return Json($"{prefix}.top.json", flame.ToTop());
        yield return Json($"{prefix}.speedscope.json", flame.ToSpeedscope());
        yield return new($"{prefix}.collapsed.txt", "text/plain", Encoding.UTF8.GetBytes("main;Run;Parse 12\n"));
        yield return Csv($"{prefix}.csv");
        yield return new($"{prefix}.pb.gz", "application/gzip", Gzip([10, 0]));
    }

    private static FakeFile Json(string name, object content) => new(name, "application/json", JsonSerializer.SerializeToUtf8Bytes(content));

    private static FakeFile Csv(string name) => new(name, "text/csv", Encoding.UTF8.GetBytes("name,self,total\nRun,1,2\n"));

    private static byte[] Original(CaptureKind kind)
    {
        var bytes = new byte[200_000];
        new Random((int)kind).NextBytes(bytes);
        "Nettrace"u8.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
