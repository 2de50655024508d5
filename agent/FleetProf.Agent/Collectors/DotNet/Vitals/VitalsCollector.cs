using System.Collections.Concurrent;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// The vitals of every watched instance. One timer drives all windows and every session is read asynchronously, so that an idle
/// instance costs no thread and next to no time. Thread-safe.
/// </summary>
/// <param name="output">Takes windows, previews and problems.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads reconnects.</param>
public sealed class VitalsCollector(IVitalsOutput output, TimeProvider time, Random random)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<string, InstanceWatch> watches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PauseAlarm> alarms = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private bool hasStopped;

    /// <summary>Begins to watch. Repeating it does nothing while the watch goes on; another endpoint for the same instance replaces the old one.</summary>
    public void Watch(WatchedInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        InstanceWatch? replaced;
        lock (gate)
        {
            if (hasStopped) return;
            if (watches.TryGetValue(instance.InstanceId, out replaced) && !replaced.HasEnded && replaced.Endpoint.SocketPath == instance.Endpoint.SocketPath && replaced.Endpoint.Pid == instance.Endpoint.Pid) return;
            var watch = watches[instance.InstanceId] = new InstanceWatch(instance, output, time, NextRandom);
            watch.SetAlarm(alarms.GetValueOrDefault(instance.InstanceId));
        }
        if (replaced is not null) _ = replaced.DisposeAsync().AsTask();
    }

    /// <summary>Whether an instance is watched, and its watch has not ended by itself.</summary>
    public bool IsWatching(string instanceId) => watches.TryGetValue(instanceId, out var watch) && !watch.HasEnded;

    /// <summary>Stops watching; the last windows have reached the output when it returns. Unknown instances are fine.</summary>
    public async Task UnwatchAsync(string instanceId)
    {
        if (watches.TryRemove(instanceId, out var watch)) await watch.DisposeAsync();
    }

    /// <summary>An instance's heap after its last collection; null when it is not watched or none was seen.</summary>
    public long? HeapBytes(string instanceId) => watches.TryGetValue(instanceId, out var watch) ? watch.HeapBytes : null;

    /// <summary>Marks the time in which we ourselves take a heap snapshot of an instance, until disposed: its full collection is not the service's.</summary>
    public IDisposable BeginOwnSnapshot(string instanceId)
    {
        watches.TryGetValue(instanceId, out var watch);
        watch?.BeginOwnSnapshot();
        return new OwnSnapshotMark(watch);
    }

    /// <summary>Sets the alarm on an instance's pauses, in place of an older one, whether the instance is watched by now or later; null takes it away.</summary>
    public void SetAlarm(string instanceId, PauseAlarm? alarm)
    {
        lock (gate)
        {
            if (alarm is null) alarms.Remove(instanceId);
            else alarms[instanceId] = alarm;
            if (watches.TryGetValue(instanceId, out var watch)) watch.SetAlarm(alarm);
        }
    }

    /// <summary>Drives the windows until cancelled, then ends all sessions in their targets and hands out the last windows.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) Tick();
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            // A fault of the output must not leave sessions in their targets.
            lock (gate) hasStopped = true;
            await Task.WhenAll(watches.Keys.Select(UnwatchAsync));
        }
    }

    internal void Tick()
    {
        var finished = new List<VitalsWindow>();
        var previews = new List<VitalsWindow>();
        foreach (var (_, watch) in watches) watch.Tick(finished, previews);
        if (finished.Count > 0) output.OnWindows(finished);
        if (previews.Count > 0) output.OnPreviews(previews);
    }

    private double NextRandom()
    {
        lock (gate) return random.NextDouble();
    }

    private sealed class OwnSnapshotMark(InstanceWatch? watch) : IDisposable
    {
        public void Dispose() => watch?.EndOwnSnapshot();
    }
}
