using System.Collections.Frozen;

namespace FleetProf.Analysis.GcPauses;

/// <summary>
/// The settings of the garbage collector that a runtime configuration file can carry, as the runtime of .NET 10 has them built in. Anything
/// else under "System.GC." is ignored without a word; "System.GC.Gen0Size", which many guides name, is such a one.
/// </summary>
public static class GcKnobs
{
    private const string Prefix = "System.GC.";

    private static readonly FrozenSet<string> KnownNames = new[]
    {
        "Concurrent", "ConserveMemory", "CpuGroup", "DGen0GrowthMaxFactor", "DGen0GrowthMinFactor", "DGen0GrowthPercent", "DTargetTCP", "DynamicAdaptationMode",
        "Gen0MaxBudget", "HeapAffinitizeMask", "HeapAffinitizeRanges", "HeapCount", "HeapHardLimit", "HeapHardLimitLOH", "HeapHardLimitLOHPercent",
        "HeapHardLimitPOH", "HeapHardLimitPOHPercent", "HeapHardLimitPercent", "HeapHardLimitSOH", "HeapHardLimitSOHPercent", "HighMemoryPercent",
        "LOHThreshold", "LargePages", "MaxHeapCount", "Name", "NoAffinitize", "Path", "RegionRange", "RegionSize", "RetainVM", "Server", "UOHWaitBGCSizeIncPercent",
    }.Select(name => Prefix + name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>All of them, with their prefix.</summary>
    public static IReadOnlyCollection<string> Known => KnownNames;

    /// <summary>Whether the runtime takes no notice of this setting. Variables of the environment are not judged.</summary>
    public static bool IsIgnored(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && !KnownNames.Contains(name);

    /// <summary>What to write instead of an ignored name; null when nothing comes close.</summary>
    public static string? Nearest(string name) => name switch
    {
        _ when !IsIgnored(name) => null,
        "System.GC.Gen0Size" => "the variable DOTNET_GCgen0size (hexadecimal), or System.GC.Gen0MaxBudget",
        _ => KnownNames.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? KnownNames.Select(known => (known, distance: Distance(known, name))).Where(pair => pair.distance <= 3).OrderBy(pair => pair.distance).ThenBy(pair => pair.known, StringComparer.Ordinal).Select(pair => pair.known).FirstOrDefault(),
    };

    /// <summary>Letters to insert, remove or replace.</summary>
    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var current = new int[right.Length + 1];
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
            previous = current;
        }

        return previous[^1];
    }
}
