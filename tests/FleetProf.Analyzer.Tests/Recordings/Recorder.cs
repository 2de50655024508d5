using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace FleetProf.Analyzer.Tests.Recordings;

/// <summary>Records EventPipe sessions of a process into files.</summary>
internal static class Recorder
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";

    public static EventPipeProvider[] Cpu =>
        [new("Microsoft-DotNETCore-SampleProfiler", EventLevel.Informational), new(Runtime, EventLevel.Informational, 0x18)];

    public static EventPipeProvider[] Allocations => [new(Runtime, EventLevel.Informational, 0x80000000019)];

    public static EventPipeProvider[] CpuAndAllocations =>
        [new("Microsoft-DotNETCore-SampleProfiler", EventLevel.Informational), new(Runtime, EventLevel.Informational, 0x80000000019)];

    public static EventPipeProvider[] Collections => [new(Runtime, EventLevel.Informational, 0x1)];

    public static EventPipeProvider[] Heap => [new(Runtime, EventLevel.Verbose, 0x1980001)];

    /// <summary>Records while <paramref name="act"/> runs; it gets the file, which grows meanwhile.</summary>
    public static async Task RecordAsync(int processId, EventPipeProvider[] providers, string path, Func<FileInfo, Task> act, bool hasRundown = true)
    {
        using var session = new DiagnosticsClient(processId).StartEventPipeSession(providers, requestRundown: hasRundown, circularBufferMB: 256);
        await using var file = File.Create(path);
        var drained = session.EventStream.CopyToAsync(file);
        await act(new FileInfo(path));
        await session.StopAsync(CancellationToken.None);
        await drained.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
