using FleetProf.Cli.Demo;

namespace FleetProf.Cli.Tests.Demo;

public sealed class DemoNamesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;

    [Fact]
    public void Claim_BesideAnotherDemo_TakesOtherNames()
    {
        using (var first = DemoNames.Claim(_folder))
        using (var second = DemoNames.Claim(_folder))
        {
            Assert.Equal(["checkout", "catalog", "reports"], first.Services);
            Assert.Equal(["checkout-demo2", "catalog-demo2", "reports-demo2"], second.Services);
        }

        using var later = DemoNames.Claim(_folder);
        Assert.Equal("checkout", later.Checkout);
    }

    [Fact]
    public void Claim_FolderThatCannotBeWritten_StillHasNames()
    {
        using var names = DemoNames.Claim(Path.Combine(_folder, "missing"));

        Assert.Equal("checkout", names.Checkout);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
