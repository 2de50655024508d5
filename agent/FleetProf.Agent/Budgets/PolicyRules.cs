using System.Text.Json;
using System.Text.Json.Serialization;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Budgets;

/// <summary>The rules of a policy file, JSON. What is left out has its default; what is not known here makes the file unusable.</summary>
public sealed record PolicyRules
{
    private const double SmallestMeanObjectBytes = 50;
    private const double SlowestSecondsPerObject = 0.9e-6;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>"trace", "alloc", "gcdump", "gc", "goroutines". Default: all of them.</summary>
    public IReadOnlyList<string> AllowedKinds { get; init; } = ["trace", "alloc", "gcdump", "gc", "goroutines"];

    /// <summary>Services that are never captured; a star at the end stands for any rest. Vitals are not concerned. Default: none.</summary>
    public IReadOnlyList<string> DenyServices { get; init; } = [];

    /// <summary>On this host, all services together, 0 to 100,000. Default: 60.</summary>
    public int MaxCapturesPerHour { get; init; } = 60;

    /// <summary>A heap snapshot stops a process; the next one of the same process waits this long. 0 to 604,800. Default: 60.</summary>
    public int GcdumpCooldownSeconds { get; init; } = 60;

    /// <summary>How long a heap snapshot may stop its process, by <see cref="LongestStall"/>, whatever an order allows. 1 to 3,600. Default: none, for that is so careful that it refuses most large heaps, whose objects are mostly larger.</summary>
    public int? MaxStallSeconds { get; init; }

    /// <summary>After a capture that waited for a pause has had it, the next such of the same service waits this long on this host. 0 to 604,800. Default: 300.</summary>
    public int PauseTriggerCooldownSeconds { get; init; } = 300;

    /// <summary>How long a capture may wait for a pause, 0 (none may) to 604,800. Default: 604,800.</summary>
    public int MaxArmedSeconds { get; init; } = 604_800;

    /// <summary>Of one capture, 1 to 86,400. Default: 600.</summary>
    public int MaxDurationSeconds { get; init; } = 600;

    /// <summary>Of one artifact, at least 1. Default: 2 GB.</summary>
    public long MaxBytes { get; init; } = 2_000_000_000;

    /// <summary>Go programs that are watched; without an entry here no log is read and no port is opened. At most 64. Default: none.</summary>
    public IReadOnlyList<GoProgramRule> GoPrograms { get; init; } = [];

    /// <summary>How long the snapshot of a heap of so many bytes may stop its process, in seconds, by the most careful of what was measured. No silo's word is in it.</summary>
    public static double LongestStall(long heapBytes) => heapBytes / SmallestMeanObjectBytes * SlowestSecondsPerObject;

    /// <summary>Reads the rules; <paramref name="problem"/> says everything that is wrong, and then there are no rules.</summary>
    public static PolicyRules? Parse(ReadOnlySpan<byte> json, out string problem)
    {
        try
        {
            var rules = JsonSerializer.Deserialize<PolicyRules>(json, Format);
            problem = rules is null ? "it holds null instead of an object" : string.Join("; ", rules.Problems());
            return problem.Length == 0 ? rules : null;
        }
        catch (JsonException error)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>The name of a kind as policies write it.</summary>
    public static string NameOf(CaptureKind kind) => kind.ToString().ToLowerInvariant();

    public bool Denies(string service) => DenyServices.Any(pattern => pattern.EndsWith('*')
        ? service.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
        : string.Equals(pattern, service, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<string> Problems()
    {
        var known = Enum.GetValues<CaptureKind>().Where(kind => kind != CaptureKind.Unspecified).Select(NameOf).ToList();
        if (AllowedKinds is null || DenyServices is null || GoPrograms is null) yield return "a list is null; leave the key out, or write []";
        foreach (var kind in AllowedKinds?.Where(kind => !known.Contains(kind)) ?? [])
            yield return $"allowedKinds: '{kind}' is no kind; known are {string.Join(", ", known)}";
        if (DenyServices?.Any(string.IsNullOrWhiteSpace) == true) yield return "denyServices: an entry is empty";
        if (MaxCapturesPerHour is < 0 or > 100_000) yield return "maxCapturesPerHour is not from 0 to 100000";
        if (GcdumpCooldownSeconds is < 0 or > 604_800) yield return "gcdumpCooldownSeconds is not from 0 to 604800";
        if (MaxStallSeconds is < 1 or > 3_600) yield return "maxStallSeconds is not from 1 to 3600";
        if (PauseTriggerCooldownSeconds is < 0 or > 604_800) yield return "pauseTriggerCooldownSeconds is not from 0 to 604800";
        if (MaxArmedSeconds is < 0 or > 604_800) yield return "maxArmedSeconds is not from 0 to 604800";
        if (MaxDurationSeconds is < 1 or > 86_400) yield return "maxDurationSeconds is not from 1 to 86400";
        if (GoPrograms?.Count > 64) yield return "goPrograms has more than 64 entries";
        foreach (var problem in GoPrograms?.SelectMany(rule => rule?.Problems() ?? ["goPrograms: an entry is null"]) ?? []) yield return problem;
        if (MaxBytes < 1) yield return "maxBytes is less than 1";
    }
}
