using FleetProf.Contracts.Fleet;
using Protocol = FleetProf.AgentProtocol;

namespace FleetProf.Silo.Fleet;

/// <summary>Reads instances from the agent protocol. Agents are not trusted: texts are cut and freed of control characters.</summary>
internal static class InstanceReading
{
    /// <summary>More processes than a host can run; what follows is ignored.</summary>
    public const int MaxInstances = 5_000;

    /// <summary>More than a host runs. Of more the first by name are taken, so that it is always the same ones.</summary>
    public const int MaxServices = 500;

    /// <summary>Kinds of capture that a Go program allows. Its agent sets it for each process; it is no label of a host.</summary>
    public const string CapturesLabel = "fleetprof.captures";

    private const int LongestName = 256;
    private const int LongestText = 4_096;
    private const int MostEntries = 64;

    /// <summary>By instance id, without those that have no id or no service.</summary>
    /// <param name="agentId">Who tells.</param>
    /// <param name="inventory">As it came.</param>
    /// <param name="now">Silo's time.</param>
    /// <param name="hostLabels">Each instance gets them, whatever it says of itself: no process claims another rack. Of two with one name the first counts.</param>
    public static IReadOnlyList<Instance> Read(string agentId, Protocol.Inventory inventory, DateTimeOffset now, IReadOnlyDictionary<string, string>? hostLabels = null)
    {
        var ofHost = LabelsOfHost(hostLabels ?? new Dictionary<string, string>());
        List<Instance> named =
        [
            .. inventory.Instances.Take(MaxInstances)
                .Where(instance => Name(instance.InstanceId).Length > 0 && Name(instance.Service).Length > 0)
                .Select(instance => Read(agentId, instance, now, ofHost))
                .GroupBy(instance => instance.InstanceId, StringComparer.Ordinal)
                .Select(same => same.Last()),
        ];
        var services = named.Select(instance => instance.Service).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxServices).ToHashSet(StringComparer.Ordinal);
        return [.. named.Where(instance => services.Contains(instance.Service))];
    }

    private static Instance Read(string agentId, Protocol.Instance instance, DateTimeOffset now, Dictionary<string, string> hostLabels)
    {
        var problem = (InstanceProblem)instance.Problem;
        var isKnown = Enum.IsDefined(problem);
        return new Instance
        {
            InstanceId = Name(instance.InstanceId),
            AgentId = agentId,
            Service = Name(instance.Service),
            Version = Name(instance.Version),
            Environment = Name(instance.Environment),
            Host = Name(instance.Host),
            Pid = instance.Pid,
            StartedAt = Time(instance.StartedUnixMs, now),
            FirstSeenAt = now,
            LastSeenAt = now,
            State = InstanceState.Running,

            // A newer agent's reason is not "none": the instance must not be taken for one that can be captured.
            Problem = isKnown ? problem : InstanceProblem.SessionLost,
            ProblemDetail = isKnown ? NullIfEmpty(Text(instance.ProblemDetail)) : $"Problem {instance.Problem:d} of a newer agent. {Text(instance.ProblemDetail)}",
            Runtime = Name(instance.Runtime),
            EntryAssembly = Name(instance.EntryAssembly),
            CommandLine = Text(instance.CommandLine),
            ContainerId = Name(instance.ContainerId),
            Pod = Name(instance.Pod),
            ServiceInstance = Name(instance.ServiceInstance),
            GcMode = Name(instance.GcMode),
            GcSettings = Map(instance.GcSettings),
            ProcessorCount = instance.ProcessorCount,
            MemoryLimitBytes = instance.MemoryLimitBytes,
            Labels = Labels(hostLabels, instance),
        };
    }

    /// <summary>A start in the future is a wrong clock, one before 1970 nonsense.</summary>
    private static DateTimeOffset Time(long unixMilliseconds, DateTimeOffset now) =>
        unixMilliseconds <= 0 || unixMilliseconds > now.ToUnixTimeMilliseconds() ? now : DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);

    private static string Name(string text) => Clean(text, LongestName);

    private static string Text(string text) => Clean(text, LongestText);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string Clean(string text, int longest)
    {
        var trimmed = text.AsSpan().Trim();
        var cut = trimmed[..Math.Min(trimmed.Length, longest)];
        if (cut.Length > 0 && char.IsHighSurrogate(cut[^1]))
        {
            // Half a character is none, and no database takes it.
            cut = cut[..^1];
        }

        return cut.ContainsAnyInRange('\0', '\u001f') || cut.ContainsAnyInRange('\u007f', '\u009f')
            ? string.Concat(cut.ToString().Where(character => !char.IsControl(character)))
            : cut.ToString();
    }

    private static Dictionary<string, string> LabelsOfHost(IReadOnlyDictionary<string, string> given)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in given.Take(MostEntries))
        {
            if (Name(key) is { Length: > 0 } name && name != CapturesLabel)
            {
                labels.TryAdd(name, Name(value));
            }
        }

        return labels;
    }

    private static Dictionary<string, string> Labels(Dictionary<string, string> hostLabels, Protocol.Instance instance)
    {
        var labels = new Dictionary<string, string>(hostLabels, StringComparer.Ordinal);
        foreach (var (name, value) in Map(instance.Labels))
        {
            labels.TryAdd(name, value);
        }

        return labels;
    }

    private static Dictionary<string, string> Map(IEnumerable<KeyValuePair<string, string>> entries) =>
        entries.Take(MostEntries).GroupBy(entry => Name(entry.Key), StringComparer.Ordinal).ToDictionary(same => same.Key, same => Name(same.Last().Value), StringComparer.Ordinal);
}
