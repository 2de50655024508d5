using System.Globalization;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Analyzer.Nettrace;

/// <summary>What a recording says about its process. The command line is in the file too, and stays there: it may hold secrets.</summary>
internal sealed class ProcessFacts
{
    private const string ProcessInfoProvider = "Microsoft-DotNETCore-EventPipe";

    public int ProcessId { get; private set; }

    public string? OperatingSystem { get; private set; }

    public string? Architecture { get; private set; }

    /// <summary>For example "10.0.12"; from rundown.</summary>
    public string? RuntimeVersion { get; private set; }

    public int PointerBytes { get; private set; }

    public int ProcessorCount { get; private set; }

    public bool IsServerGC { get; private set; }

    public bool IsConcurrentGC { get; private set; }

    public void Listen(EventPipeEventSource source)
    {
        source.Dynamic.AddCallbackForProviderEvent(ProcessInfoProvider, "ProcessInfo", data =>
        {
            OperatingSystem = data.PayloadByName("OSInformation") as string;
            Architecture = data.PayloadByName("ArchInformation") as string;
        });
        var rundown = new ClrRundownTraceEventParser(source);
        rundown.RuntimeStart += data =>
        {
            RuntimeVersion = VersionOf(data.VMMajorVersion, data.VMMinorVersion, data.VMBuildNumber);
            IsServerGC = data.StartupFlags.HasFlag(StartupFlags.SERVER_GC);
            IsConcurrentGC = data.StartupFlags.HasFlag(StartupFlags.CONCURRENT_GC);
        };
    }

    /// <summary>File versions put patch and year into one number: 10.0.1226 is 10.0.12, and 8.0.23 is 8.0.0.</summary>
    internal static string VersionOf(int major, int minor, int build) => string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{build / 100}");

    public void Complete(EventPipeEventSource source, int processId)
    {
        PointerBytes = source.PointerSize;
        ProcessorCount = source.NumberOfProcessors;
        ProcessId = processId;
    }
}
