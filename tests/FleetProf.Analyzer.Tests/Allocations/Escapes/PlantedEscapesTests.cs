using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Profiles.Pprof;
using FleetProf.TestKit.Processes;

namespace FleetProf.Analyzer.Tests.Allocations.Escapes;

/// <summary>A real Go program with lines that allocate known amounts: the compiler's own report joined with its live profile.</summary>
[Trait("Ring", "process")]
public sealed partial class PlantedEscapesTests : IDisposable
{
    private const int Times = 120_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-planted-");

    [Fact]
    public async Task Escapes_OfPlantedLines_ComeFirstWithTheirBytesInBothForms()
    {
        var json = Path.Combine(_folder.FullName, "report");
        var (program, said) = await GoProbeProcess.BuildAsync(_folder.FullName, [$"-gcflags=-m=2 -json=0,{json}"]);
        var text = Path.Combine(_folder.FullName, "report.txt");
        await File.WriteAllTextAsync(text, said, TestContext.Current.CancellationToken);
        var profile = Path.Combine(_folder.FullName, "allocs.pb.gz");
        await ProfileAsync(program, profile);

        // An oracle of its own: the totals of the functions by Go's tool, and the amounts that the source plants.
        var byFunction = GoPprof.Top(profile, "alloc_space");
        var marked = Marked();
        Assert.Equal(5, marked.Count);
        foreach (var report in (string[])[text, json])
        {
            var rows = Join(report, profile).GetProperty("rows").EnumerateArray().ToList();
            var first = rows.Take(marked.Count).ToDictionary(row => row.GetProperty("line").GetInt32());
            Assert.Equal(marked.Keys.Order(), first.Keys.Order());
            foreach (var (line, bytes) in marked)
            {
                var error = first[line].GetProperty("relativeError").GetDouble();
                Assert.InRange(error, 0.02, 0.5);
                Assert.InRange(first[line].GetProperty("bytes").GetDouble(), bytes * (double)Times * (1 - (2 * error)), bytes * (double)Times * (1 + (2 * error)));
            }

            var variable = marked.Single(line => line.Value == 512).Key;
            foreach (var row in first.Values.Where(row => row.GetProperty("line").GetInt32() != variable))
            {
                Assert.Equal(byFunction[row.GetProperty("function").GetString()!].Flat, row.GetProperty("bytes").GetInt64());
            }

            var grows = first[marked.Single(line => line.Value == 3968).Key];
            Assert.Equal("not said", grows.GetProperty("verdict").GetString());
            Assert.All(first.Values.Where(row => row.GetProperty("line").GetInt32() != grows.GetProperty("line").GetInt32()), row => Assert.Equal("escapes", row.GetProperty("verdict").GetString()));
            Assert.Equal("room", first[variable].GetProperty("what").GetString());
            Assert.DoesNotContain(rows, row => row.GetProperty("function").GetString() == "main.plantStay");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The difference over a time in which the lines run; both ends get a completed collection, as of which Go counts.</summary>
    private static async Task ProfileAsync(string program, string profile)
    {
        await using var probe = await GoProbeProcess.StartAsync(program, Path.ChangeExtension(profile, ".err"), hasPprof: true);
        await probe.AskAsync("collect 2");
        using var http = new HttpClient();
        var answer = http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{probe.PprofPort}/debug/pprof/allocs?seconds=20"), TestContext.Current.CancellationToken);
        await probe.UntilAskedAsync();
        await probe.CountsAsync();
        await probe.AskAsync($"plant {Times}");
        await probe.AskAsync("collect 2");
        Assert.False(answer.IsCompleted, "The machine is too slow for this test.");
        await File.WriteAllBytesAsync(profile, await answer, TestContext.Current.CancellationToken);
    }

    private JsonElement Join(string report, string profile)
    {
        var output = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        var (exit, _, error) = PprofAnalysis.Run("escapes", report, profile, "--output", output);
        Assert.True(exit == 0, error);
        return CpuProfileTests.Json(output, "escapes.json");
    }

    private static Dictionary<int, int> Marked() => File.ReadLines(GoProbeProcess.SourcePath)
        .Select((line, index) => (Number: index + 1, Mark: Mark().Match(line))).Where(line => line.Mark.Success)
        .ToDictionary(line => line.Number, line => int.Parse(line.Mark.Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"// planted (\d+)$")]
    private static partial Regex Mark();
}
