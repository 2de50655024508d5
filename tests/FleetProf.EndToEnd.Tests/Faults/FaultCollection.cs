namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>Tests that start installations of their own, one after the other and never beside the demo: its agent would watch their processes too.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class FaultCollection;
