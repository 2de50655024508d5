using System.Diagnostics;
using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

[Trait("Ring", "process")]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 3;
    private const int WritesPerRound = 2_000;

    [Fact]
    public async Task Kill_WhileWritingAtFullRate_LosesNoAcknowledgedWrite()
    {
        using var folder = new TemporaryFolder();
        var known = 0;
        for (var round = 0; round < Rounds; round++)
        {
            await RunAndKillAsync(folder, known + WritesPerRound);
            var acknowledged = ReadAcknowledged(folder["acknowledged.txt"]);
            known = acknowledged.Values.Sum();
            var ahead = await CountAheadAsync(folder["catalog.db"], acknowledged);
            output.WriteLine($"round {round}: {known} acknowledged, {ahead} committed without having been acknowledged");
        }
    }

    private static async Task RunAndKillAsync(TemporaryFolder folder, int untilWrites)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [typeof(KillVictim).Assembly.Location, "-explicit", "only", "-method", $"{typeof(KillVictim).FullName}.{nameof(KillVictim.WriteUntilKilled)}"];
        arguments.ToList().ForEach(start.ArgumentList.Add);
        start.Environment[KillVictim.FolderVariable] = folder.Path;
        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (!File.Exists(folder["acknowledged.txt"]) || ReadAcknowledged(folder["acknowledged.txt"]).Values.Sum() < untilWrites)
            {
                Assert.False(process.HasExited, $"The victim ended by itself: {(process.HasExited ? await process.StandardOutput.ReadToEndAsync(limit.Token) : "")}");
                await Task.Delay(50, limit.Token);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>The last acknowledged count of each grain; a line that the kill cut is none.</summary>
    private static Dictionary<int, int> ReadAcknowledged(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var last = new Dictionary<int, int>();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            last[int.Parse(parts[0], CultureInfo.InvariantCulture)] = int.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        return last;
    }

    private static async Task<long> CountAheadAsync(string path, Dictionary<int, int> acknowledged)
    {
        using var database = CatalogDatabase.Open(path, TimeProvider.System);
        var storage = GrainStorages.Over(database);
        var ahead = 0L;
        foreach (var (grain, count) in acknowledged)
        {
            var state = new GrainState<CaptureSummary>();
            await storage.ReadStateAsync("state", KillVictim.Grain(grain), state);
            Assert.InRange(state.State!.EventCount, count, count + 1);
            ahead += state.State!.EventCount - count;
        }

        return ahead;
    }
}
