using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;

namespace FleetProf.Silo.Campaigns;

/// <summary>Who could be captured now.</summary>
/// <param name="list">Instances that run now.</param>
/// <param name="find">One of them by its id; null when it does not run, as far as is known.</param>
/// <param name="lost">Instances that were lost less than so long ago, and are not back.</param>
internal sealed class CampaignCandidates(Func<IReadOnlyList<Instance>> list, Func<string, Instance?> find, Func<TimeSpan, IReadOnlyList<Instance>> lost)
{
    /// <summary>One moment of the fleet, by instance id.</summary>
    public IReadOnlyDictionary<string, Instance> List() =>
        list().Where(instance => instance.State == InstanceState.Running).DistinctBy(instance => instance.InstanceId).ToDictionary(instance => instance.InstanceId);

    /// <summary>As it is now; null when it does not run, as far as is known.</summary>
    public Instance? Find(string instanceId) => find(instanceId);

    /// <summary>As they were when they were last seen.</summary>
    public IEnumerable<Instance> ListLost(TimeSpan within) => lost(within).Select(instance => instance with { State = InstanceState.Running });

    public static FleetInstance ToFleetInstance(Instance instance) => new()
    {
        InstanceId = instance.InstanceId,
        Service = instance.Service,
        Version = instance.Version,
        AgentId = instance.AgentId,
        Labels = instance.Labels,
        Obstacle = ObstacleOf(instance),
        Kinds = IsGo(instance) ? KindsOf(instance) : OfDotNet,
        CanWaitForPause = !IsGo(instance),
    };

    private static readonly string[] OfDotNet = ["trace", "alloc", "gcdump", "gc"];

    private static bool IsGo(Instance instance) => instance.Runtime is ['g', 'o', ..];

    /// <summary>The agent says which kinds its host's policy opens for a Go program.</summary>
    private static string[] KindsOf(Instance instance) =>
        instance.Labels.TryGetValue(InstanceReading.CapturesLabel, out var kinds) ? kinds.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    private static string? ObstacleOf(Instance instance) => instance switch
    {
        { Problem: not InstanceProblem.None } => $"{instance.Problem}. {instance.ProblemDetail}".TrimEnd(),
        _ when IsGo(instance) && KindsOf(instance).Length == 0 => $"it runs {instance.Runtime}, and the policy of its host names no pprofPort for it.",
        _ => null,
    };
}
