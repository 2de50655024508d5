using System.Text;

namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>
/// The few variables of a process that FleetProf reads. An environment holds passwords: everything else is passed over unread,
/// and what held it is wiped.
/// </summary>
internal sealed class ProcessEnvironment
{
    private const int MaxBytes = 1 << 20;
    private const int MaxValueChars = 4096;

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "FLEETPROF_SERVICE", "FLEETPROF_VERSION", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "TMPDIR",
        "GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG",
    };

    private static readonly string[] Prefixes =
    [
        "DOTNET_EnableDiagnostics", "COMPlus_EnableDiagnostics", "DOTNET_gc", "DOTNET_GC", "COMPlus_gc", "COMPlus_GC",
    ];

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    private ProcessEnvironment()
    {
    }

    /// <summary>The named variables and those with a named beginning.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>Null when unset or empty.</summary>
    public string? this[string name] => values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Null when the operating system refuses; then the agent may not read this user's processes.</summary>
    public static ProcessEnvironment? Read(int pid)
    {
        var environment = new ProcessEnvironment();
        return LinuxFile.ReadRecords($"/proc/{pid}/environ", 0, MaxBytes, environment.Take) ? environment : null;
    }

    /// <summary>Parses NAME=value entries that end with NUL; of several with one name the first counts, as for getenv.</summary>
    public static ProcessEnvironment Parse(ReadOnlySpan<byte> environ)
    {
        var environment = new ProcessEnvironment();
        foreach (var range in environ.Split((byte)0)) environment.Take(environ[range]);
        return environment;
    }

    private bool Take(ReadOnlySpan<byte> entry)
    {
        var equals = entry.IndexOf((byte)'=');
        if (equals is <= 0 or > 64) return true;
        var name = Encoding.UTF8.GetString(entry[..equals]);
        if (!Names.Contains(name) && !Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) return true;
        var value = entry[(equals + 1)..];
        if (value.Length <= MaxValueChars) values.TryAdd(name, Encoding.UTF8.GetString(value));
        return true;
    }
}
