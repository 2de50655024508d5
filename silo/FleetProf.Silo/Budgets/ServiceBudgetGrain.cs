using FleetProf.Contracts.Budgets;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Budgets;

/// <summary>
/// Counts the captures of a service. Leases are stored: after a restart they still bound what runs on the agents, which the
/// restart did not stop. They end by themselves, so that a campaign that dies holding one blocks nobody for long.
/// </summary>
internal sealed class ServiceBudgetGrain(
    [PersistentState("service-budget", StorageSetup.ProviderName)] IPersistentState<StoredBudget> stored,
    TimeProvider clock) : Grain, IServiceBudgetGrain
{
    /// <summary>An extension by less is not worth a write.</summary>
    private static readonly TimeSpan Granularity = TimeSpan.FromSeconds(1);

    public async Task<bool> TryAcquireAsync(string captureId, int limit, TimeSpan leaseTime)
    {
        var now = clock.GetUtcNow();
        var until = now + leaseTime;
        var held = stored.State.Leases.Where(lease => lease.Value > now).ToDictionary();
        if (!held.TryGetValue(captureId, out var end) && held.Count >= limit)
        {
            return false;
        }

        if (end + Granularity >= until)
        {
            return true;
        }

        held[captureId] = until;
        await SaveAsync(held);
        return true;
    }

    public Task ReleaseAsync(string captureId)
    {
        var now = clock.GetUtcNow();
        return stored.State.Leases.ContainsKey(captureId)
            ? SaveAsync(stored.State.Leases.Where(lease => lease.Key != captureId && lease.Value > now).ToDictionary())
            : Task.CompletedTask;
    }

    private async Task SaveAsync(Dictionary<string, DateTimeOffset> leases)
    {
        stored.State = new StoredBudget { Leases = leases };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // Whether it was written is unknown: only a fresh read tells.
            DeactivateOnIdle();
            throw;
        }
    }
}
