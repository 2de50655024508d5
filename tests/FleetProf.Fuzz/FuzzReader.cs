using System.Reflection;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Analysis.Allocations.Escapes;
using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.GcPauses.Jvm;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Go;
using FleetProf.Measures.Traces;
using FleetProf.TestKit.GcPauses;

namespace FleetProf.Fuzz;

/// <summary>One reader of bytes that others wrote.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Read">Reads them. What the reader promises to throw on damage is no fault; anything else that leaves it is one.</param>
/// <param name="Seeds">Sound input, small.</param>
internal sealed record FuzzReader(string Name, Action<byte[]> Read, Func<IEnumerable<byte[]>> Seeds)
{
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        new("agent-nettrace", ReadAsAgent, FuzzSeeds.Nettraces),
        new("analyzer", Analyze, () => [.. FuzzSeeds.Nettraces(), FuzzSeeds.Gcdump(), .. FuzzSeeds.GoLogs(), .. FuzzSeeds.JvmLogs(), .. FuzzSeeds.Profiles()]),
        new("pprof", Analyze, FuzzSeeds.Profiles),
        new("gcdump", bytes => Damaged<InvalidDataException>(() => AskHeap(GcdumpReader.Read(new MemoryStream(bytes)))), () => [FuzzSeeds.Gcdump()]),
        new("heap-graph", bytes => Damaged<InvalidDataException>(() => AskHeap(HeapGraphFile.Read(new MemoryStream(bytes)))), () => [FuzzSeeds.HeapGraph()]),
        new("heap-tree", bytes => Damaged<InvalidDataException>(() => AskTree(HeapTreeReader.Open(new MemoryStream(bytes)))), () => [FuzzSeeds.HeapTree()]),
        new("gctrace", ReadGoLog, FuzzSeeds.GoLogs),
        new("memstats", ReadMemStats, FuzzSeeds.MemStats),
        new("escape-text", bytes => ReadEscapes(bytes, (report, text) => new EscapeTextReader(report).Read(text)), FuzzSeeds.EscapeTexts),
        new("escape-json", bytes => ReadEscapes(bytes, (report, text) => new EscapeJsonReader(report).Read(text)), FuzzSeeds.EscapeJson),
        new("jvm-log", ReadJvmLog, FuzzSeeds.JvmLogs),
        new("sketch", AskSketch, FuzzSeeds.Sketches),
        new("single-file", AskProgram, () => [FuzzSeeds.SingleFile()]),
        new("go-build-info", bytes => GoBuildInfo.ReadVersion(new MemoryStream(bytes)), () => [FuzzSeeds.GoProgram()]),
        new("agent-message", PeerReaders.ReadMessage, PeerSeeds.Messages),
        new("ipc-answer", PeerReaders.ReadIpcAnswer, () => [PeerSeeds.IpcAnswer()]),
        new("process", PeerReaders.AskProcess, PeerSeeds.Processes),
        new("command-line", PeerReaders.AskCommandLine, PeerSeeds.CommandLines),
        new("entry-assembly", PeerReaders.AskAssembly, () => [PeerSeeds.Assembly()]),
        new("signing-request", PeerReaders.ReadSigningRequest, () => [PeerSeeds.Request()]),
        new("certificate", PeerReaders.ReadCertificate, () => [PeerSeeds.Certificate()]),
        new("result-rows", PeerReaders.ReadRows, PeerSeeds.Rows),
    ];

    // By its entry point, as the silo runs it.
    private static readonly Func<string[], int> Analyzer = Assembly.Load("FleetProf.Analyzer").EntryPoint!.CreateDelegate<Func<string[], int>>();

    private static void ReadAsAgent(byte[] bytes) => Damaged<NettraceFormatException>(() => PauseCollection.Read(bytes));

    // Everything the analyzer does with an artifact. It answers damage with an exit code; what is left to find are ends of the process.
    private static void Analyze(byte[] bytes)
    {
        var folder = TakeFolder();
        var artifact = Path.Combine(folder, "artifact");
        File.WriteAllBytes(artifact, bytes);
        // It would confine the fuzzer.
        Environment.SetEnvironmentVariable("FLEETPROF_ANALYZER_CONFINEMENT", "off");
        Analyzer(["analyze", "--input", artifact, "--output", Path.Combine(folder, "results"), "--max-output-bytes", "1000000"]);
    }

    /// <summary>For what is read from files only.</summary>
    internal static string TakeFolder() => Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"fleetprof-fuzz-{Environment.ProcessId}")).FullName;

    // What a silo takes for readable it merges with others later, where nobody expects damage.
    private static void AskSketch(byte[] bytes)
    {
        Damaged<FormatException>(() => DdSketch.FromBytes(bytes).Quantile(0.99));
        if (PauseSketches.IsReadable(0, 0, bytes))
        {
            PauseSketches.MergeAll(PauseSketches.Write([(0, 0, 0, bytes), (0, 1, 0, bytes)])).Quantile(0.99);
        }
    }

    private static void AskHeap(HeapGraph graph)
    {
        var types = TypeGroups.Of(graph);
        var retention = HeapRetention.Of(graph, types);
        HeapTreeWriter.Write(graph, HeapTypes.Of(graph, types, retention.RetainedByType), retention, Stream.Null);
        GcdumpWriter.Write(graph, new GcdumpFacts(), Stream.Null);
        HeapGraphFile.Write(graph, Stream.Null);
    }

    private static void AskTree(HeapTreeReader tree)
    {
        var state = tree.ToState();
        tree.Children(0, 0, 50);
        tree.Ancestors(Math.Max(0, state.Dominators!.Count - 1));
        if (state.Types.Count > 0)
        {
            tree.PathsOf(state.Types[0].Type);
        }

        HeapDiffJson.Write(HeapDiff.Of(state, state), Stream.Null);
    }

    private static void ReadGoLog(byte[] bytes)
    {
        var reader = new GcTraceReader(_ => { });
        reader.Append(bytes);
        reader.Finish();
    }

    private static void ReadMemStats(byte[] bytes)
    {
        var reader = new GoMemStatsReader();
        reader.Append(bytes);
        reader.Finish();
    }

    private static void ReadEscapes(byte[] bytes, Action<EscapeReport, TextReader> read)
    {
        var report = new EscapeReport();
        using var text = new StreamReader(new MemoryStream(bytes));
        read(report, text);
        EscapeCosts.Of(report, [.. report.Lines.Take(100).Select(line => new AllocatedLine { Place = new CodePlace("main.f", "main", line.File, line.Line), Bytes = 1 })]);
    }

    private static void ReadJvmLog(byte[] bytes)
    {
        var reader = new JvmLogReader(_ => { });
        reader.Append(bytes);
        reader.Finish();
    }

    // Whatever a target's program says, nothing leaves its readers but an answer.
    private static void AskProgram(byte[] bytes)
    {
        var bundle = SingleFileBundle.Open(new MemoryStream(bytes));
        bundle?.ReadRuntimeConfiguration();
        bundle?.ReadFile(FuzzSeeds.PackedFile);
    }

    // Memory is limited, as in the analyzer: an input that asks for more is answered, not crashed on.
    internal static void Damaged<TExpected>(Action read) where TExpected : Exception
    {
        try
        {
            read();
        }
        catch (Exception damage) when (damage is TExpected or OutOfMemoryException)
        {
        }
    }
}
