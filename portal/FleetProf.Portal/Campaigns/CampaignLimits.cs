using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Campaigns;

/// <summary>Bounds on the size of a spec. What a spec means is judged by the silo.</summary>
internal static class CampaignLimits
{
    private const int LongestName = 128;
    private const int LongestReason = 1000;
    private const int MostServices = 100;
    private const int MostInstances = 1000;
    private const int MostLabels = 20;

    public static IEnumerable<FieldProblem> Problems(CampaignSpec spec)
    {
        if (spec.Name.Length > LongestName || spec.Name.Any(char.IsControl))
        {
            yield return new("name", $"At most {LongestName} characters on one line.");
        }

        if (spec.Reason.Length > LongestReason)
        {
            yield return new("reason", $"At most {LongestReason} characters.");
        }

        foreach (var problem in SelectorProblems(spec.Selector))
        {
            yield return problem;
        }

        if (spec.Kinds.Count == 0 || spec.Kinds.Distinct().Count() != spec.Kinds.Count)
        {
            yield return new("kinds", $"Choose at least one of {string.Join(", ", Enum.GetNames<CaptureKind>().Select(name => name.ToLowerInvariant()))}, each once.");
        }
    }

    private static IEnumerable<FieldProblem> SelectorProblems(CampaignSelector selector)
    {
        if (selector.Services.Count > MostServices || !selector.Services.All(Ids.IsName))
        {
            yield return new("selector.services", $"At most {MostServices} names, none empty.");
        }

        if (selector.InstanceIds.Count > MostInstances || !selector.InstanceIds.All(Ids.IsName))
        {
            yield return new("selector.instanceIds", $"At most {MostInstances} ids, none empty.");
        }

        if (selector.Labels.Count > MostLabels || !selector.Labels.All(label => Ids.IsName(label.Key) && label.Value.Length <= 256))
        {
            yield return new("selector.labels", $"At most {MostLabels} labels.");
        }

        if (selector.Version is { } version && !Ids.IsName(version))
        {
            yield return new("selector.version", "Give a version, or leave it out for any.");
        }
    }
}
