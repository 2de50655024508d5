namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>
/// What a runtime says about itself. It is the target's own word: <paramref name="ProcessId"/> is in the target's pid namespace
/// and <paramref name="CommandLine"/> is not redacted. The last two are null before .NET 6.
/// </summary>
public sealed record RuntimeProcessInfo(
    long ProcessId,
    Guid RuntimeCookie,
    string CommandLine,
    string OperatingSystem,
    string Architecture,
    string? EntryAssembly,
    string? RuntimeVersion);
