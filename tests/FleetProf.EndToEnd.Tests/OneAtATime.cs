namespace FleetProf.EndToEnd.Tests;

/// <summary>Every test here starts a whole installation; two cores carry one at a time.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class OneAtATime : ICollectionFixture<Demo.DemoFixture>;
