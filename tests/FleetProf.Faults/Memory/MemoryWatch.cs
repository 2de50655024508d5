using System.Diagnostics;
using FleetProf.Faults.Checking;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Memory;

/// <summary>Writes the memory of every process of the fleet into the history, once a minute at most: each reading makes them collect.</summary>
internal sealed class MemoryWatch(FleetUnderFault fleet)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private long? last;

    /// <summary>To be called when nothing is captured.</summary>
    public async Task ReadAsync()
    {
        if (last is { } before && Stopwatch.GetElapsedTime(before) < Pause)
        {
            return;
        }

        last = Stopwatch.GetTimestamp();
        var captures = Finished(fleet.History.Events);
        var parts = ((IEnumerable<Part>)[.. fleet.SiloParts, .. fleet.AgentParts, fleet.Portal]).Where(part => part.IsRunning);
        foreach (var reading in await Task.WhenAll(parts.Select(part => ProcessMemory.ReadAsync(part.Name, part.Pid, captures))))
        {
            if (reading is not null)
            {
                fleet.History.Add(new() { Kind = HistoryKind.Memory, Memory = reading });
            }
        }
    }

    private static int Finished(IReadOnlyList<HistoryEvent> history) =>
        history.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null } && HistoryChecker.IsOver(line.State)).Select(line => line.Capture).Distinct().Count();
}
