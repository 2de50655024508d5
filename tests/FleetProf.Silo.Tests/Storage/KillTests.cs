using System.Diagnostics;
using System.Globalization;
using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Tests.Storage;

[Trait("Ring", "process")]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 3;
    private const int WritesPerRound = 2_000;

    [Theory]
    [InlineData(CatalogKind.Sqlite)]
    [InlineData(CatalogKind.Postgres)]
    public async Task Kill_WhileWritingAtFullRate_LosesNoAcknowledgedWrite(CatalogKind kind)
    {
        using var folder = new TemporaryFolder();
        var postgres = kind == CatalogKind.Postgres ? await PostgresDatabases.CreateAsync() : null;
        var known = 0;
        for (var round = 0; round < Rounds; round++)
        {
            await RunAndKillAsync(folder, postgres, known + WritesPerRound);
            var acknowledged = ReadAcknowledged(folder["acknowledged.txt"]);
            known = acknowledged.Values.Sum();
            var ahead = await CountAheadAsync(postgres, folder["catalog.db"], acknowledged);
            output.WriteLine($"round {round}: {known} acknowledged, {ahead} committed without having been acknowledged");
        }
    }

    private static async Task RunAndKillAsync(TemporaryFolder folder, string? postgres, int untilWrites)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [typeof(KillVictim).Assembly.Location, "-explicit", "only", "-method", $"{typeof(KillVictim).FullName}.{nameof(KillVictim.WriteUntilKilled)}"];
        arguments.ToList().ForEach(start.ArgumentList.Add);
        start.Environment[KillVictim.FolderVariable] = folder.Path;
        start.Environment[KillVictim.DatabaseVariable] = postgres ?? "";
        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(100));
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

    private static async Task<long> CountAheadAsync(string? postgres, string path, Dictionary<int, int> acknowledged)
    {
        using var database = KillVictim.Open(postgres, path);
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
