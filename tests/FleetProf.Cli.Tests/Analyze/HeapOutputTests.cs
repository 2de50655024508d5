using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Cli.Tests.Stub;
using FleetProf.TestKit.Goldens;

namespace FleetProf.Cli.Tests.Analyze;

/// <summary>What a person sees of a heap file, byte for byte, through the real analyzer.</summary>
[Trait("Ring", "process")]
public sealed class HeapOutputTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-cli-");

    [Theory]
    [InlineData("")]
    [InlineData("-o json")]
    public async Task Analyze_AHeapWithALeak_PrintsSuspectsFirst(string options)
    {
        var run = await RunAsync(["analyze", Snapshot("after.gcdump", sessions: 400), .. Words(options)]);

        Golden.Verify(run.ToString(), $"analyze.heap{options.Replace("-o ", ".", StringComparison.Ordinal)}.txt");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-o csv")]
    public async Task AnalyzeDiff_OfTwoSnapshots_PrintsWhatGrew(string options)
    {
        var run = await RunAsync(["analyze", "diff", Snapshot("before.gcdump", sessions: 100), Snapshot("after.gcdump", sessions: 400), .. Words(options)]);

        Golden.Verify(run.ToString(), $"analyze.diff{options.Replace("-o ", ".", StringComparison.Ordinal)}.txt");
    }

    [Fact]
    public async Task AnalyzeDiff_WithAMissingFile_IsAUsageError()
    {
        var run = await RunAsync(["analyze", "diff", Snapshot("before.gcdump", sessions: 1), Path.Combine(_folder.FullName, "none")]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("There is no file", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Task<CliRun> RunAsync(string[] args) => CliRun.OfAsync(new Dictionary<string, string>(), args);

    /// <summary>A static list of sessions, and a string that a stack holds.</summary>
    private string Snapshot(string name, int sessions)
    {
        const ulong list = 8, array = 16, text = 24, first = 1_000;
        var builder = new HeapGraphBuilder();
        builder.NameType(1, new HeapType("System.Collections.Generic.List`1[Shop.Session]", "System.Private.CoreLib"));
        builder.NameType(2, new HeapType("Shop.Session[]", "Shop"));
        builder.NameType(3, new HeapType("Shop.Session", "Shop"));
        builder.NameType(4, new HeapType("System.String", "System.Private.CoreLib"));
        builder.AddNode(list, 32, typeId: 1, edgeCount: 1);
        builder.AddEdge(array);
        builder.AddNode(array, 4_000, typeId: 2, sessions);
        for (var i = 0; i < sessions; i++)
        {
            builder.AddEdge(first + ((ulong)i * 8));
        }

        builder.AddNode(text, 5_000, typeId: 4, edgeCount: 0);
        for (var i = 0; i < sessions; i++)
        {
            builder.AddNode(first + ((ulong)i * 8), 1_000, typeId: 3, edgeCount: 0);
        }

        builder.AddRoot(list, HeapRootKind.StaticField, "System.Collections.Generic.List`1[Shop.Session].all");
        builder.AddRoot(text, HeapRootKind.Stack);
        var path = Path.Combine(_folder.FullName, name);
        using var file = File.Create(path);
        GcdumpWriter.Write(builder.Build(new HeapCompleteness { SawEnd = true }, pointerBytes: 8), new GcdumpFacts(), file);
        return path;
    }
}
