using FleetProf.Analysis.GcPauses;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>What a question about a service's windows comes down to.</summary>
internal sealed record ResolvedQuery
{
    public required string Service { get; init; }

    public string? Version { get; init; }

    public required TrendRange Range { get; init; }

    /// <summary>The level of windows that serves it.</summary>
    public required long LevelMs { get; init; }

    /// <summary>In the order of their ids.</summary>
    public required IReadOnlyList<InstanceOwner> Instances { get; init; }

    public int StepSeconds => (int)(Range.StepMs / 1000);

    public IReadOnlyList<string> InstanceIds => [.. Instances.Select(instance => instance.InstanceId)];

    public IReadOnlyList<InstanceSpan> Spans => [.. Instances.Select(instance => new InstanceSpan(instance.InstanceId, instance.FirstWindow, instance.LastEnd))];

    /// <summary>Empty where it is not known.</summary>
    public string VersionOf(string instanceId) => Instances.FirstOrDefault(instance => instance.InstanceId == instanceId)?.Version ?? "";
}
