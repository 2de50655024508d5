namespace FleetProf.Silo.Tests.Hosting;

public sealed class OneSiloTests
{
    [Fact]
    public async Task Start_LookingForTheSerializerOfEachTypeThatACallNames_FindsAll()
    {
        // Orleans refuses to start where one is missing, and names it.
        await using var cluster = OneSilo.Builder(checksTypes: true).Build();

        await cluster.DeployAsync();
    }
}
