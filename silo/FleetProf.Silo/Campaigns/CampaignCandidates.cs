using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Campaigns;

/// <summary>Who could be captured now.</summary>
/// <param name="list">Instances that run now.</param>
internal sealed class CampaignCandidates(Func<IReadOnlyList<Instance>> list)
{
    /// <summary>One moment of the fleet, by instance id.</summary>
    public IReadOnlyDictionary<string, Instance> List() =>
        list().Where(instance => instance.State != InstanceState.Ended).DistinctBy(instance => instance.InstanceId).ToDictionary(instance => instance.InstanceId);

    public static FleetInstance ToFleetInstance(Instance instance) => new()
    {
        InstanceId = instance.InstanceId,
        Service = instance.Service,
        Version = instance.Version,
        AgentId = instance.AgentId,
        Labels = instance.Labels,
        Obstacle = ObstacleOf(instance),
    };

    private static string? ObstacleOf(Instance instance) => instance switch
    {
        { State: InstanceState.Unreachable } => "its agent is not connected.",
        { Problem: not InstanceProblem.None } => $"{instance.Problem}. {instance.ProblemDetail}".TrimEnd(),
        { Runtime: ['g', 'o', ..] } => $"it runs {instance.Runtime}; only .NET processes are captured.",
        _ => null,
    };
}
