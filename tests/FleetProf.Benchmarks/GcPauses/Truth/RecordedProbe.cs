using System.Diagnostics.Tracing;
using System.Globalization;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>A GcProbe's GC events while it carried out commands, as the agent's session would get them.</summary>
/// <param name="Trace">The bytes of the session.</param>
/// <param name="OwnPauseMs">What the process's own GC.GetTotalPauseDuration gained.</param>
/// <param name="Answers">One per command.</param>
/// <param name="OwnSecondStopsMs">What the process counted for the second stop of a background collection, by its number.</param>
internal sealed record RecordedProbe(byte[] Trace, double OwnPauseMs, IReadOnlyList<string> Answers, IReadOnlyDictionary<int, double> OwnSecondStopsMs)
{
    private static readonly TraceSessionRequest GcEvents =
        new([new TraceProvider(GcEventDecoder.Provider, 0x1, EventLevel.Informational)], BufferMegabytes: 64, RequestRundown: false) { CollectStacks = false };

    public static async Task<RecordedProbe> RecordAsync(GcProbeProcess probe, params IReadOnlyList<string> commands)
    {
        var port = new DiagnosticIpc(probe.SocketPath, probe.Pid);
        var before = await OwnPauseAsync(probe);
        await using var session = await port.StartSessionAsync(GcEvents, CancellationToken.None);
        using var trace = new MemoryStream();
        var copying = session.Stream.CopyToAsync(trace);
        var answers = new List<string>();
        foreach (var command in commands) answers.Add(await probe.AskAsync(command));
        var after = await OwnPauseAsync(probe);
        await session.StopAsync(CancellationToken.None);
        await copying;
        return new RecordedProbe(trace.ToArray(), after - before, answers, await OwnSecondStopsAsync(probe));
    }

    private static async Task<Dictionary<int, double>> OwnSecondStopsAsync(GcProbeProcess probe) =>
        (await probe.AskAsync("second-stops")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(stop => stop.Split(':'))
            .ToDictionary(stop => int.Parse(stop[0], CultureInfo.InvariantCulture), stop => double.Parse(stop[1], CultureInfo.InvariantCulture));

    private static async Task<double> OwnPauseAsync(GcProbeProcess probe) =>
        double.Parse((await probe.AskAsync("counts")).Split(' ')[3], CultureInfo.InvariantCulture);
}
