namespace FleetProf.Contracts.Budgets;

/// <summary>Leases that bound how many captures run at once in a service, over all campaigns. Key: service name.</summary>
[Alias("fleetprof.service-budget")]
public interface IServiceBudgetGrain : IGrainWithStringKey
{
    /// <summary>True when the lease is held after the call. Repeating it for the same capture extends the lease.</summary>
    [Alias("acquire")]
    Task<bool> TryAcquireAsync(string captureId, int limit, TimeSpan leaseTime);

    /// <summary>Unknown captures are ignored.</summary>
    [Alias("release")]
    Task ReleaseAsync(string captureId);
}
