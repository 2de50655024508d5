using System.IO.Compression;
using System.Text.Json;
using FleetProf.Analyzer.Profiles.Pprof;

namespace FleetProf.Analyzer.Tests.Profiles.Pprof;

/// <summary>What the analyzer says of pprof profiles, right ones and hostile ones.</summary>
public sealed class PprofReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-pprof-");

    [Theory]
    [InlineData("allocs", "alloc", "since the start of the process", "as of the last completed collection")]
    [InlineData("heap", "gcdump", "since the start of the process", "as of the last completed collection")]
    [InlineData("allocsdelta", "alloc", "making of profiles itself", "difference of two")]
    [InlineData("heapdelta", "alloc", "making of profiles itself", "difference of two")]
    [InlineData("cpu", "trace")]
    [InlineData("goroutine", "goroutines", "1 of 7 goroutines (14.3 %) belong to the making of profiles itself")]
    public void Analyze_WithoutKind_FindsItOutAndSaysWhatTheFiguresAre(string name, string kind, params string[] warnings)
    {
        var (summary, _) = PprofAnalysis.Analyze(PprofAnalysis.Fixture($"{name}.pb.gz"), _folder.FullName);

        Assert.Equal(kind, summary.GetProperty("kind").GetString());
        var said = summary.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToList();
        Assert.Equal(warnings.Length, said.Count(warning => Array.Exists(warnings, part => warning.Contains(part, StringComparison.Ordinal))));
    }

    [Fact]
    public void Analyze_Cpu_SaysWhatASampleStandsFor()
    {
        var (summary, _) = PprofAnalysis.Analyze(PprofAnalysis.Fixture("cpu.pb.gz"), _folder.FullName);

        Assert.Equal(10, summary.GetProperty("cpuSamplePeriodMs").GetDouble());
    }

    [Fact]
    public void Analyze_Difference_HasARateAndNothingInUse()
    {
        var (summary, output) = PprofAnalysis.Analyze(PprofAnalysis.Fixture("allocsdelta.pb.gz"), _folder.FullName);

        Assert.InRange(summary.GetProperty("durationMs").GetDouble(), 3000, 3100);
        Assert.Equal("goHeapProfile", summary.GetProperty("allocationSource").GetString());
        Assert.DoesNotContain(Files(summary), file => file.StartsWith("inuse", StringComparison.Ordinal));
        var functions = CpuProfileTests.Json(output, "alloc.functions.json");
        var heaviest = functions.GetProperty("rows")[0];
        Assert.Equal("main.churnGrow", heaviest.GetProperty("type").GetString());
        Assert.Equal(PprofAnalysis.Top(output, "alloc")["main.churnGrow"].Self, heaviest.GetProperty("bytes").GetInt64());
        Assert.InRange(heaviest.GetProperty("relativeError").GetDouble(), 0.0001, 0.2);
    }

    [Theory]
    [InlineData("allocsdelta", true)]
    [InlineData("heapdelta", true)]
    [InlineData("allocs", false)]
    [InlineData("cpu", false)]
    public void Analyze_DifferenceOfAllocations_SaysThatItIsOfWholeCollections(string name, bool isDifference)
    {
        var (summary, _) = PprofAnalysis.Analyze(PprofAnalysis.Fixture($"{name}.pb.gz"), _folder.FullName);

        Assert.Equal(isDifference, summary.GetProperty("warnings").EnumerateArray().Any(warning => warning.GetString()!.Contains("whole intervals between collections, not of 3 s", StringComparison.Ordinal)));
    }

    [Fact]
    public void Analyze_DifferenceWithLessInUse_IsASpeedscopeFileWithoutWeightsBelowZero()
    {
        var (_, output) = PprofAnalysis.Analyze(PprofAnalysis.Fixture("allocsdelta.pb.gz"), _folder.FullName);

        var profiles = CpuProfileTests.Json(output, "alloc.speedscope.json").GetProperty("profiles").EnumerateArray().ToList();
        var names = profiles.Select(profile => profile.GetProperty("name").GetString()!).ToList();
        Assert.Equal("alloc_space", names[0]);
        Assert.DoesNotContain("inuse_space", names);
        Assert.All(profiles.SelectMany(profile => profile.GetProperty("weights").EnumerateArray()), weight => Assert.True(weight.GetInt64() > 0));
        Assert.Equal(CpuProfileTests.Json(output, "alloc.top.json").GetProperty("total").GetInt64(), profiles[0].GetProperty("endValue").GetInt64());
    }

    [Fact]
    public void Analyze_InUse_SumsUpLiveBytesAndObjects()
    {
        var (summary, output) = PprofAnalysis.Analyze(PprofAnalysis.Fixture("heap.pb.gz"), _folder.FullName, "gcdump");

        Assert.Equal(CpuProfileTests.Json(output, "inuse.top.json").GetProperty("total").GetInt64(), summary.GetProperty("heapBytes").GetInt64());
        Assert.True(summary.GetProperty("objectCount").GetInt64() > 0);
        Assert.DoesNotContain(Files(summary), file => file.StartsWith("alloc", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("heap", "trace", "holds nothing of kind trace")]
    [InlineData("cpu", "alloc", "samples/count, cpu/nanoseconds")]
    [InlineData("goroutine", "trace", "holds nothing of kind trace")]
    [InlineData("cpu", "goroutines", "holds nothing of kind goroutines")]
    [InlineData("goroutine", "gc", "holds nothing of kind gc")]
    [InlineData("heapdelta", "gcdump", "does not say what is in use")]
    public void Analyze_ProfileOfAnotherKind_IsUnreadableAndSaysWhatItIs(string name, string kind, string reason)
    {
        var (exit, output, error) = PprofAnalysis.Run("analyze", "--kind", kind, "--input", PprofAnalysis.Fixture($"{name}.pb.gz"), "--output", Path.Combine(_folder.FullName, "out"));

        Assert.Equal((AnalyzeCommand.Unreadable, ""), (exit, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Analyze_InlinedLines_AreFramesOfTheirOwnInnermostAtTheLeaf()
    {
        var (_, output) = Analyze(PprofBytes.Heap(1_000_000_000).Sample([1], 10, 640, 0, 0));

        Assert.Equal("main.f;main.g 640", File.ReadAllText(Path.Combine(output, "alloc.collapsed.txt")).Trim());
    }

    [Fact]
    public void Analyze_PlainFileWithLooseNumbers_IsReadLikeAGzippedOne()
    {
        var (_, packed) = Analyze(PprofBytes.Heap().Sample([1, 1], 10, 640, 5, 320));
        File.WriteAllBytes(Path.Combine(_folder.FullName, "plain.pb"), PprofBytes.Heap().LooseSample([1, 1], 10, 640, 5, 320).ToArray());

        var (_, plain) = PprofAnalysis.Analyze(Path.Combine(_folder.FullName, "plain.pb"), _folder.FullName);

        Assert.Equal(CpuProfileTests.Json(packed, "alloc.flame.json").GetRawText(), CpuProfileTests.Json(plain, "alloc.flame.json").GetRawText());
        Assert.Equal((320L, 640L), (PprofAnalysis.Top(plain, "inuse")["main.g"].Self, PprofAnalysis.Top(plain, "alloc")["main.g"].Self));
    }

    /// <summary>As runtime/pprof writes them, period or time first, and as its handler writes differences.</summary>
    [Theory]
    [InlineData("allocs")]
    [InlineData("heap")]
    [InlineData("allocsdelta")]
    [InlineData("heapdelta")]
    [InlineData("cpu")]
    [InlineData("goroutine")]
    public void Analyze_GosProfileUnpacked_IsReadLikeThePackedOne(string name)
    {
        var (packed, _) = PprofAnalysis.Analyze(PprofAnalysis.Fixture($"{name}.pb.gz"), _folder.FullName);
        var file = Path.Combine(_folder.FullName, $"{name}.pb");
        using (var gzip = new GZipStream(File.OpenRead(PprofAnalysis.Fixture($"{name}.pb.gz")), CompressionMode.Decompress))
        using (var plain = File.Create(file))
        {
            gzip.CopyTo(plain);
        }

        var (unpacked, _) = PprofAnalysis.Analyze(file, _folder.FullName);

        Assert.Equal(packed.GetRawText(), unpacked.GetRawText());
    }

    [Theory]
    [InlineData("Zzz\n")]
    [InlineData("Hello, this is a text that begins like the key of a time")]
    [InlineData("H\u00E9\u00E9\u00E9\u00E9\n\n")]
    public void TryRead_TextThatBeginsWithAKeysLetter_IsNoProfile(string text)
    {
        var file = Path.Combine(_folder.FullName, "x.txt");
        File.WriteAllText(file, text);

        Assert.Null(PprofFile.TryRead(file));
    }

    /// <summary>What Go's handler gives where no collection completed meanwhile, and where nothing computed: types, and no place at all.</summary>
    [Theory]
    [InlineData("alloc", true)]
    [InlineData("trace", false)]
    public void Analyze_ProfileWithoutSamples_IsGosAndOfAllocationsSaysWhy(string kind, bool saysWhy)
    {
        var bytes = kind == "alloc"
            ? new PprofBytes().Type(1, 2).Type(3, 4).Type(5, 2).Type(6, 4).Number(10, 1_000_000_000).Texts("", "alloc_objects", "count", "alloc_space", "bytes", "inuse_objects", "inuse_space")
            : new PprofBytes().Type(1, 2).Type(3, 4).Number(10, 1_000_000_000).Texts("", "samples", "count", "cpu", "nanoseconds");

        var (summary, _) = Analyze(bytes);

        Assert.Equal((kind, "Go", 0L), (summary.GetProperty("kind").GetString(), summary.GetProperty("runtime").GetString(), summary.GetProperty("allocSampleCount").GetInt64()));
        Assert.Equal(saysWhy, summary.GetProperty("warnings").EnumerateArray().Any(warning => warning.GetString()!.Contains("no collection completed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Analyze_ReferencesToNowhere_AreNamedAndCounted()
    {
        var bytes = PprofBytes.Heap(1_000_000_000)
            .Location(7).Location(8, (99, 1)).Function(3, 1_000_000, 9).Location(9, (3, 1))
            .Sample([], 1, 1, 0, 0).Sample([12345], 1, 2, 0, 0).Sample([7], 1, 4, 0, 0).Sample([8], 1, 8, 0, 0).Sample([9], 1, 16, 0, 0);

        var (summary, output) = Analyze(bytes);

        Assert.True(summary.GetProperty("isComplete").GetBoolean());
        var top = PprofAnalysis.Top(output, "alloc");
        Assert.Equal((1L, 6L), (top["[no stack]"].Self, top["[unknown place]"].Self));
        Assert.Equal(24, CpuProfileTests.Json(output, "alloc.top.json").GetProperty("rows").EnumerateArray().Where(row => row.GetProperty("name").GetString() == "[unknown function]").Sum(row => row.GetProperty("self").GetInt64()));
    }

    [Fact]
    public void Analyze_ImpossibleValues_AreLeftOutAndTheResultIsIncomplete()
    {
        var (summary, output) = Analyze(PprofBytes.Heap(1_000_000_000).Sample([1], 1, -5, 0, 0).Sample([1], 1, 2).Sample([1], 1, 100, 0, 0));

        Assert.False(summary.GetProperty("isComplete").GetBoolean());
        Assert.StartsWith("2 samples have impossible values", summary.GetProperty("incompleteReason").GetString(), StringComparison.Ordinal);
        Assert.Equal(100, PprofAnalysis.Top(output, "alloc")["main.g"].Self);
    }

    [Fact]
    public void Analyze_LabelledCode_IsTheProgramsOwn()
    {
        var bytes = new PprofBytes().Type(1, 2).Function(1, 3, 0).Function(2, 4, 0).Function(3, 5, 0).Function(4, 6, 0).Function(5, 7, 0)
            .Location(1, (1, 0)).Location(2, (2, 0)).Location(3, (3, 0)).Location(4, (4, 0)).Location(5, (5, 0))
            .Texts("", "samples", "count", "main.work", "runtime/pprof.Do", "runtime/pprof.profileWriter", "runtime/pprof.WithLabels", "runtime/pprof.(*labelMap).String")
            .Sample([1, 2], 4).Sample([4, 2], 5).Sample([5, 3], 1);

        var (summary, output) = Analyze(bytes);

        Assert.Equal([("main.work", 4L), ("runtime/pprof.Do", 0L), ("runtime/pprof.WithLabels", 5L)], PprofAnalysis.Top(output, "cpu").Select(row => (row.Key, row.Value.Self)).Order());
        Assert.Contains("cpu: 1 of 10 samples (10.0 %)", summary.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Analyze_EndlessStack_IsCutAtItsCallers()
    {
        var (summary, output) = Analyze(PprofBytes.Heap(1_000_000_000).Sample([.. Enumerable.Repeat(1UL, 5_000)], 1, 64, 0, 0));

        Assert.Contains("deeper than 2048", summary.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(2049, CpuProfileTests.Json(output, "alloc.flame.json").GetProperty("level").EnumerateArray().Count());
    }

    [Theory]
    [InlineData("cut gzip", "damaged or cut")]
    [InlineData("broken gzip", "damaged or cut")]
    [InlineData("gzipped text", "no pprof profile")]
    [InlineData("cut message", "a damaged one")]
    [InlineData("unknown types", "cannot be shown")]
    [InlineData("bomb", "256 MB")]
    public void Analyze_DamagedOrHostileFile_IsUnreadableInOneLine(string name, string reason)
    {
        var file = Path.Combine(_folder.FullName, "x.pb.gz");
        File.WriteAllBytes(file, Hostile(name));

        var (exit, output, error) = PprofAnalysis.Run("analyze", "--input", file, "--output", Path.Combine(_folder.FullName, "out"));

        Assert.Equal((AnalyzeCommand.Unreadable, ""), (exit, output));
        Assert.Contains(reason, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Analyze_EveryBitFlipped_NeverCrashesNorHangs()
    {
        var right = PprofBytes.Heap(1_000_000_000).Sample([1], 1, 64, 0, 0).Sample([1, 1], 2, 128, 1, 64).ToArray();
        var file = Path.Combine(_folder.FullName, "x.pb");
        var outcomes = new HashSet<int>();
        for (var bit = 0; bit < right.Length * 8; bit++)
        {
            var bytes = right.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(file, PprofBytes.Gzip(bytes));
            outcomes.Add(PprofAnalysis.Run("analyze", "--input", file, "--output", Path.Combine(_folder.FullName, "out")).Exit);
        }

        Assert.Equal([AnalyzeCommand.Done, AnalyzeCommand.Unreadable], outcomes.Order());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Hostile(string name)
    {
        var right = File.ReadAllBytes(PprofAnalysis.Fixture("heap.pb.gz"));
        return name switch
        {
            "cut gzip" => right[..^40],
            "broken gzip" => [.. right[..200], .. new byte[100], .. right[300..]],
            "gzipped text" => PprofBytes.Gzip("gc 1 @0.004s 5%: 0.012+1.2+0.1 ms clock"u8.ToArray()),
            "cut message" => PprofBytes.Gzip(PprofBytes.Heap().Sample([1], 1, 1, 0, 0).ToArray()[..^2]),
            "unknown types" => PprofBytes.Gzip(new PprofBytes().Type(1, 2).Texts("", "contentions", "count").ToArray()),
            _ => PprofBytes.Gzip([.. PprofBytes.Heap().ToArray(), .. new byte[257 << 20]]),
        };
    }

    private (JsonElement Summary, string Output) Analyze(PprofBytes bytes)
    {
        var file = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.pb.gz");
        File.WriteAllBytes(file, PprofBytes.Gzip(bytes.ToArray()));
        return PprofAnalysis.Analyze(file, _folder.FullName);
    }

    private static List<string> Files(JsonElement summary) => [.. summary.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];
}
