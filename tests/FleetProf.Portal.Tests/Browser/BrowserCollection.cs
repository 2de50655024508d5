namespace FleetProf.Portal.Tests.Browser;

/// <summary>Tests with <c>[Collection&lt;BrowserCollection&gt;]</c> share the browser and run one after the other.</summary>
[CollectionDefinition]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>;
