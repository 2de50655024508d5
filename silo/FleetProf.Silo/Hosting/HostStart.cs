namespace FleetProf.Silo.Hosting;

/// <summary>Waiting for the host: grains can be called from hosted services only once everything has started.</summary>
internal static class HostStart
{
    /// <summary>Completes when the host has started.</summary>
    /// <exception cref="OperationCanceledException">The host stops before that.</exception>
    public static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
    }
}
