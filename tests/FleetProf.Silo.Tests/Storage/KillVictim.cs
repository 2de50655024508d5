using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage;

/// <summary>The process that <see cref="KillTests"/> kills: writes grain states at full rate and notes what was acknowledged.</summary>
public sealed class KillVictim
{
    public const string FolderVariable = "FLEETPROF_TEST_VICTIM_FOLDER";
    /// <summary>A connection string; empty for a file in the folder.</summary>
    public const string DatabaseVariable = "FLEETPROF_TEST_VICTIM_DATABASE";
    public const int Grains = 64;

    public static GrainId Grain(int index) => GrainId.Create("victim", index.ToString(CultureInfo.InvariantCulture));

    public static CatalogDatabase Open(string? postgres, string path) =>
        string.IsNullOrEmpty(postgres) ? CatalogDatabase.Open(path, TimeProvider.System) : CatalogDatabase.OpenPostgres(postgres, TimeProvider.System);

    [Fact(Explicit = true)]
    public async Task WriteUntilKilled()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException($"{FolderVariable} is not set.");
        using var database = Open(Environment.GetEnvironmentVariable(DatabaseVariable), Path.Combine(folder, "catalog.db"));
        var storage = GrainStorages.Over(database);
        await using var acknowledged = new StreamWriter(Path.Combine(folder, "acknowledged.txt"), append: true) { AutoFlush = true };
        await Task.WhenAll(Enumerable.Range(0, Grains).Select(i => WriteAsync(storage, i, acknowledged)));
    }

    private static async Task WriteAsync(CatalogGrainStorage storage, int index, StreamWriter acknowledged)
    {
        var state = new GrainState<CaptureSummary>();
        await storage.ReadStateAsync("state", Grain(index), state);
        while (true)
        {
            state.State = state.State! with { EventCount = state.State!.EventCount + 1 };
            await storage.WriteStateAsync("state", Grain(index), state);
            lock (acknowledged)
            {
                acknowledged.Write(string.Create(CultureInfo.InvariantCulture, $"{index} {state.State!.EventCount}\n"));
            }
        }
    }
}
