using System.Diagnostics.Tracing;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

/// <summary>A trace of a probe process, recorded over our own connection, with the process's own counts around it.</summary>
internal sealed record ProbeRecording(byte[] Trace, int[] CountsBefore, int[] CountsAfter, string[] Answers)
{
    public static readonly TraceSessionRequest GcEvents =
        new([new TraceProvider(TraceProvider.Runtime, 0x1, EventLevel.Informational)], BufferMegabytes: 16, RequestRundown: false) { CollectStacks = false };

    public static async Task<ProbeRecording> RecordAsync(GcProbeProcess probe, TraceSessionRequest request, CancellationToken cancellationToken, params string[] commands)
    {
        var port = new DiagnosticIpc(probe.SocketPath, probe.Pid);
        var before = await probe.GetCollectionCountsAsync();
        await using var session = await port.StartSessionAsync(request, cancellationToken);
        using var trace = new MemoryStream();
        var copying = session.Stream.CopyToAsync(trace, cancellationToken);
        var answers = new List<string>();
        foreach (var command in commands) answers.Add(await probe.AskAsync(command));
        var after = await probe.GetCollectionCountsAsync();
        await session.StopAsync(cancellationToken);
        await copying;
        return new ProbeRecording(trace.ToArray(), before, after, [.. answers]);
    }
}
