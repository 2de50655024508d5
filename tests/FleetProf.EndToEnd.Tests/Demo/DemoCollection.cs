namespace FleetProf.EndToEnd.Tests.Demo;

/// <summary>Tests over the one demo. Two cores carry one installation at a time, so nothing runs beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class DemoCollection : ICollectionFixture<DemoFixture>;
