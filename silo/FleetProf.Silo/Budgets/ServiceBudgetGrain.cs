using System.Globalization;
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

    private readonly LeaseClock time = new(clock);

    public async Task<bool> TryAcquireAsync(string captureId, int limit, TimeSpan leaseTime) => (await AcquireAllAsync([captureId], limit, leaseTime)).Count > 0;

    public async Task<IReadOnlyList<string>> AcquireAllAsync(IReadOnlyList<string> captureIds, int limit, TimeSpan leaseTime)
    {
        var now = time.Now;
        var until = now + leaseTime;
        var held = stored.State.Leases.Where(lease => lease.Value > now).ToDictionary();
        var acquired = new List<string>();
        var isChanged = false;
        foreach (var captureId in captureIds)
        {
            var earlier = held.Keys.Where(name => IsEarlierAttempt(name, captureId)).ToList();
            if (!held.TryGetValue(captureId, out var end) && held.Count - earlier.Count >= limit)
            {
                continue;
            }

            earlier.ForEach(name => held.Remove(name));
            acquired.Add(captureId);
            if (end + Granularity < until)
            {
                held[captureId] = until;
                isChanged = true;
            }
        }

        if (isChanged)
        {
            await SaveAsync(held);
        }

        return acquired;
    }

    public Task ReleaseAsync(string captureId) => ReleaseAllAsync([captureId]);

    public Task ReleaseAllAsync(IReadOnlyList<string> captureIds)
    {
        var now = time.Now;
        return captureIds.Any(stored.State.Leases.ContainsKey)
            ? SaveAsync(stored.State.Leases.Where(lease => !captureIds.Contains(lease.Key) && lease.Value > now).ToDictionary())
            : Task.CompletedTask;
    }

    /// <summary>
    /// A capture has one attempt at a time. Of two activations of its campaign, as when a silo was given up and does not know it yet, the one that cannot store its step
    /// leaves a place that nobody gives back.
    /// </summary>
    private static bool IsEarlierAttempt(string held, string asked)
    {
        var end = asked.LastIndexOf('#') + 1;
        return end > 0 && held.StartsWith(asked[..end], StringComparison.Ordinal)
            && int.TryParse(asked.AsSpan(end), CultureInfo.InvariantCulture, out var attempt) && int.TryParse(held.AsSpan(end), CultureInfo.InvariantCulture, out var before) && before < attempt;
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
