namespace FleetProf.Contracts.Budgets;

/// <summary>Leases that bound how many captures run at once in a service, over all campaigns. Key: service name. A lease has the name that it was taken by: of an attempt of a capture, since a late release of one attempt must not end another's.</summary>
[Alias("fleetprof.service-budget")]
public interface IServiceBudgetGrain : IGrainWithStringKey
{
    /// <summary>True when the lease is held after the call. Repeating it for the same capture extends the lease.</summary>
    [Alias("acquire")]
    Task<bool> TryAcquireAsync(string captureId, int limit, TimeSpan leaseTime);

    /// <summary>As many as there is room for, in their order, by one write; those whose lease is held after the call.</summary>
    [Alias("acquire-all")]
    Task<IReadOnlyList<string>> AcquireAllAsync(IReadOnlyList<string> captureIds, int limit, TimeSpan leaseTime);

    /// <summary>By one write; unknown captures are ignored.</summary>
    [Alias("release-all")]
    Task ReleaseAllAsync(IReadOnlyList<string> captureIds);

    /// <summary>Unknown captures are ignored.</summary>
    [Alias("release")]
    Task ReleaseAsync(string captureId);
}
