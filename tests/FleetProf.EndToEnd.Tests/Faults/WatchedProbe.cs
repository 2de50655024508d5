using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>A process under a service name that no other test uses.</summary>
internal sealed record WatchedProbe(string Service, GcProbeProcess Process) : IAsyncDisposable
{
    public static async Task<WatchedProbe> StartAsync()
    {
        var service = $"probe-{Guid.NewGuid():n}";
        return new(service, await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service)));
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
