namespace FleetProf.Silo.Fleet.Exchange;

/// <summary>Who is connected now, to this silo or another: asked of each silo when somebody wants to know, so that it costs nothing while nobody does.</summary>
internal sealed class Attachments(InventoryIntake intake, LiveFleetClient others, ISiloStatusOracle silos, ILocalSiloDetails local, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Ids of agents, and whether all silos have said theirs.</summary>
    public async Task<(IReadOnlySet<string> Agents, bool AreAll)> ListAsync()
    {
        var living = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(local.SiloAddress));
        var told = await Task.WhenAll(living.Select(AskAsync));
        return (told.OfType<IReadOnlyList<string>>().SelectMany(agents => agents).Concat(intake.Attached).ToHashSet(StringComparer.Ordinal), told.All(agents => agents is not null));
    }

    /// <summary>Null when it does not answer: it is gone by then, or older than the question.</summary>
    private async Task<IReadOnlyList<string>?> AskAsync(SiloAddress silo)
    {
        try
        {
            return await others.AttachedAgentsAsync(silo).WaitAsync(Patience, clock);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
