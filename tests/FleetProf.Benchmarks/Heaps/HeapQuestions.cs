using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.Heaps;

/// <summary>
/// A large heap asked through everything real: the analyzer makes its files, a started `fleetprof up` - portal, silo, storage - has them as
/// those of a capture, and the portal's REST answers to row after row of the dominator tree and to the paths of every type.
/// </summary>
internal sealed class HeapQuestions(int objects, int seed)
{
    private const string Large = "large-heap-1";
    private const string Widest = "widest-tree-1";
    private const int MostRows = 500;
    private const int MostPaths = 100;

    public async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("fleetprof-questions-").FullName;
        try
        {
            var stored = Path.Combine(data, "data");
            var objectCount = await StoreAsync(data, stored);
            await using var up = FleetProfProcess.Start("up", "--data", stored, "--port", "0", "--no-browser");
            await up.UntilSaidAsync("/login?t=", TimeSpan.FromSeconds(100));
            using var connection = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(stored, "connection.json")));
            using var http = new HttpClient { BaseAddress = new Uri(connection.RootElement.GetProperty("url").GetString()!) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", connection.RootElement.GetProperty("token").GetString());
            await AskAsync(http, Large, string.Create(CultureInfo.InvariantCulture, $"{objectCount:N0} objects"));
            await AskAsync(http, Widest, "as many rows as an analysis makes at most");
            await FleetProfProcess.SignalAsync(up.Pid, "TERM");
            await up.UntilEndAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    // The artifact store's own layout; what an uploaded capture's analysis left there before there were runs is the same folder.
    private async Task<long> StoreAsync(string folder, string stored)
    {
        var results = new SealedResults(Path.Combine(stored, "silo"));
        var (input, output) = (Path.Combine(folder, "heap.nettrace"), results.FolderOf(Large));
        var (count, _) = new SyntheticHeap(objects, seed).Write(input);
        var run = await AnalyzerRun.StartAsync(input, output);
        Write($"{count:N0} objects analysed in {run.Whole.TotalSeconds:0.0} s; heap.tree has {new FileInfo(Path.Combine(output, "heap.tree")).Length / 1e3:N0} KB");
        File.Delete(input);
        File.Move(StoredTreeTimes.Widest(folder), Path.Combine(Directory.CreateDirectory(results.FolderOf(Widest)).FullName, "heap.tree"));
        results.Seal(Large);
        results.Seal(Widest);
        return count;
    }

    private static async Task AskAsync(HttpClient http, string capture, string what)
    {
        var (rows, types) = (new Queue<int>([0]), new HashSet<string>());
        var opened = new List<double>();
        while (opened.Count < MostRows && rows.TryDequeue(out var node))
        {
            using var page = await TimedAsync(http, $"/api/v1/captures/{capture}/heap/dominators?node={node}&take=50", opened);
            foreach (var row in page.RootElement.GetProperty("rows").EnumerateArray())
            {
                rows.Enqueue(row.GetProperty("node").GetInt32());
                if (!row.GetProperty("isHolder").GetBoolean())
                {
                    types.Add(row.GetProperty("name").GetString()!);
                }
            }
        }

        Print($"row of the dominator tree opened ({what})", opened);
        var paths = new List<double>();
        foreach (var type in Enumerable.Repeat(types, 10).SelectMany(type => type).Take(MostPaths))
        {
            using var answer = await TimedAsync(http, $"/api/v1/captures/{capture}/heap/paths?type={Uri.EscapeDataString(type)}", paths);
        }

        Print($"paths of a type ({types.Count} types)", paths);
    }

    private static async Task<JsonDocument> TimedAsync(HttpClient http, string address, List<double> milliseconds)
    {
        var started = Stopwatch.GetTimestamp();
        var body = await http.GetStringAsync(address);
        milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return JsonDocument.Parse(body);
    }

    private static void Print(string what, List<double> milliseconds)
    {
        var (first, sorted) = (milliseconds[0], milliseconds.Order().ToList());
        Write($"{what}: first {first:0.0} ms, median {sorted[sorted.Count / 2]:0.0} ms, longest {sorted[^1]:0.0} ms of {sorted.Count}");
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
