using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Nettrace;

/// <summary>Every hostile file meets the real analyzer in a child process with the silo's kind of limits.</summary>
[Trait("Ring", "process")]
public sealed class HostileArtifactTests(PlantedRecordings recordings)
{
    private static readonly Random Chance = new(20260104);

    public static TheoryData<string, string> Unreadable => new()
    {
        { "empty", "the file is empty" },
        { "random", "does not begin with 'Nettrace'" },
        { "magic only", "does not begin with 'Nettrace'" },
        { "header only", "no readable block" },
        { "header and junk", "no readable block" },
        { "trace block only", "no event" },
        { "ended without events", "no event" },
        { "absurd block size", "no event" },
        { "absurd name", "no readable block" },
        { "random gcdump", "" },
        { "huge gcdump counts", "" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task Analyzer_GivenAHostileFile_ExitsWithThreeAndOneLine(string name, string reason)
    {
        var (exit, output, error) = await AnalyzeAsync(Bytes(name), "trace");

        Assert.Equal(AnalyzeCommand.Unreadable, exit);
        Assert.Empty(output);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue, "more memory")]
    [InlineData(60_000_000, "more memory")]
    [InlineData(-1, "")]
    public async Task Analyzer_GivenAbsurdFieldCounts_StopsAtItsMemoryLimit(int fieldCount, string reason)
    {
        var bomb = new NettraceBytes().Trace().EventType(fieldCount).Ended();
        Assert.True(bomb.Length < 914);

        var (exit, _, error) = await AnalyzeAsync(bomb, "trace");

        Assert.Equal(AnalyzeCommand.Unreadable, exit);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyzer_GivenAHeapWalkThatIsNone_SaysSo()
    {
        var (exit, _, error) = await AnalyzeAsync(File.ReadAllBytes(recordings.GarbageCollections), "gcdump");

        Assert.Equal(AnalyzeCommand.Unreadable, exit);
        Assert.Contains("no heap walk", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("analyze")]
    [InlineData("analyze", "--kind", "nonsense", "file")]
    [InlineData("analyze", "--input", "/does/not/exist")]
    [InlineData("explode")]
    public async Task Analyzer_GivenAWrongCommandLine_ExitsWithTwo(params string[] args)
    {
        var (exit, _, error) = await AnalyzerProcess.RunAsync(args);

        Assert.Equal(AnalyzeCommand.WrongUsage, exit);
        Assert.NotEmpty(error);
    }

    private static byte[] Bytes(string name) => name switch
    {
        "empty" => [],
        "random" => Noise(100_000),
        "magic only" => "Nettrace"u8.ToArray(),
        "header only" => new NettraceBytes().Cut(),
        "header and junk" => [.. new NettraceBytes().Cut(), .. Noise(5_000)],
        "trace block only" => new NettraceBytes().Trace().Cut(),
        "ended without events" => new NettraceBytes().Trace().Ended(),
        "absurd block size" => new NettraceBytes().Trace().Block("EventBlock", [], claimedSize: int.MaxValue).Cut(),
        "absurd name" => [.. new NettraceBytes().Cut(), 5, 5, 1, 4, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F],
        "random gcdump" => [0x14, 0, 0, 0, .. "!FastSerialization.1"u8, .. Noise(10_000)],
        "huge gcdump counts" => [0x14, 0, 0, 0, .. "!FastSerialization.1"u8, .. GcdumpHead(), .. Enumerable.Repeat((byte)0x7F, 64)],
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    // Everything up to the count of types.
    private static byte[] GcdumpHead()
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var (type, version, minimum) in (ReadOnlySpan<(string, int, int)>)[("GCHeapDump", 10, 8), ("Graphs.MemoryGraph", 0, 0)])
        {
            writer.Write([4, 4, 1]);
            writer.Write(version);
            writer.Write(minimum);
            writer.Write(type.Length);
            writer.Write(System.Text.Encoding.ASCII.GetBytes(type));
            writer.Write((byte)6);
        }

        writer.Write(0L);
        writer.Write(0);
        return bytes.ToArray();
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        Chance.NextBytes(bytes);
        return bytes;
    }

    private async Task<(int ExitCode, string Output, string Error)> AnalyzeAsync(byte[] bytes, string kind)
    {
        var file = Path.Combine(recordings.Folder, $"{Guid.NewGuid():N}.nettrace");
        await File.WriteAllBytesAsync(file, bytes);
        return await AnalyzerProcess.RunAsync("analyze", "--kind", file.EndsWith("gcdump", StringComparison.Ordinal) ? "auto" : kind, "--input", file, "--output", file + ".out");
    }
}
