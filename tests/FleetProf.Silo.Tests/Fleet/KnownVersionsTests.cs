using FleetProf.Silo.Fleet;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Fleet;

public sealed class KnownVersionsTests : IDisposable
{
    private readonly TemporaryCatalog catalog = new();
    private readonly KnownVersions versions;

    public KnownVersionsTests() => versions = new KnownVersions(new InstanceTable(catalog.Database));

    [Fact]
    public async Task WhichNew_OfWhatWasRemembered_DoesNotAskTheCatalog()
    {
        Assert.Equal([Version(1), Version(2)], await versions.WhichNewAsync([Version(1), Version(2)], CancellationToken.None));

        versions.Remember([Version(1)]);

        Assert.Equal([Version(2)], await versions.WhichNewAsync([Version(1), Version(2)], CancellationToken.None));
    }

    [Fact]
    public async Task Remember_MoreThanThereIsRoomFor_ForgetsAndAsksAgain()
    {
        versions.Remember(Enumerable.Range(0, KnownVersions.MostRemembered + 1).Select(Version));

        Assert.Equal([Version(1)], await versions.WhichNewAsync([Version(1)], CancellationToken.None));
    }

    public void Dispose() => catalog.Dispose();

    private static DeployedVersion Version(int number) => new("checkout", "", $"v{number}");
}
