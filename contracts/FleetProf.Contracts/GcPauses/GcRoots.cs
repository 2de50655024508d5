namespace FleetProf.Contracts.GcPauses;

/// <summary>A quantity by the kind of root through which objects are found alive.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.gc-roots")]
public sealed record GcRoots
{
    [Id(0)] public double Stacks { get; init; }

    [Id(1)] public double Finalizers { get; init; }

    [Id(2)] public double Handles { get; init; }

    /// <summary>Older objects that refer to young ones.</summary>
    [Id(3)] public double OlderObjects { get; init; }

    [Id(4)] public double Other { get; init; }
}
