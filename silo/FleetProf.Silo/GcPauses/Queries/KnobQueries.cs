using System.Globalization;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.Fleet;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Tells how the garbage collectors of a service are set up.</summary>
internal sealed class KnobQueries(LiveFleet fleet)
{
    private const int MostNamed = 20;

    public ServiceKnobs Get(string service)
    {
        var instances = fleet.List().Where(instance => instance.Service == service)
            .OrderBy(instance => instance.Host, StringComparer.Ordinal).ThenBy(instance => instance.InstanceId, StringComparer.Ordinal).ToList();
        var spreads = KnobDrift.Of(instances.ToDictionary(instance => instance.InstanceId, TraitsOf));
        return new ServiceKnobs { Service = service, Instances = [.. instances.Select(Describe)], Knobs = [.. spreads.Select(Describe)] };
    }

    private static IReadOnlyDictionary<string, string> TraitsOf(Instance instance)
    {
        var traits = new Dictionary<string, string>(instance.GcSettings, StringComparer.Ordinal)
        {
            ["gc mode"] = instance.GcMode,
            ["runtime"] = instance.Runtime,
            ["processors"] = instance.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["memory limit"] = instance.MemoryLimitBytes == 0 ? "" : instance.MemoryLimitBytes.ToString(CultureInfo.InvariantCulture),
        };
        return traits;
    }

    private static InstanceKnobs Describe(Instance instance) => new()
    {
        Instance = instance.InstanceId,
        Version = instance.Version,
        Host = instance.Host,
        Runtime = instance.Runtime,
        GcMode = instance.GcMode,
        ProcessorCount = instance.ProcessorCount,
        MemoryLimitBytes = instance.MemoryLimitBytes,
        Settings = instance.GcSettings,
    };

    private static KnobSpread Describe(KnobDrift drift) => new()
    {
        Name = drift.Name,
        IsDrifting = drift.IsDrifting,
        IsIgnored = drift.IsIgnored,
        Nearest = GcKnobs.Nearest(drift.Name),
        Values = [.. drift.Instances.Select(value => new KnobValue { Value = value.Key, InstanceCount = value.Value.Count, Instances = [.. value.Value.Take(MostNamed)] })],
    };
}
