using Orleans.Storage;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>A storage whose writes fail when asked to: before anything happened, or after the commit; and which tells of commits before its grain goes on.</summary>
internal sealed class ChaosStorage(IGrainStorage inner, Func<string, ChaosStorage.Fault> next, Action<string> committed) : IGrainStorage
{
    internal enum Fault
    {
        None,
        BeforeCommit,
        AfterCommit,
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var fault = next(stateName);
        if (fault == Fault.BeforeCommit)
        {
            throw new IOException("injected before the commit");
        }

        await inner.WriteStateAsync(stateName, grainId, grainState);
        committed(stateName);
        if (fault == Fault.AfterCommit)
        {
            throw new IOException("injected after the commit");
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
}
