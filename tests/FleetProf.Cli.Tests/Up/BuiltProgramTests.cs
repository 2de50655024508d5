using FleetProf.Cli.Up;

namespace FleetProf.Cli.Tests.Up;

public sealed class BuiltProgramTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-programs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("debug/FleetProf.Agent.dll", true)]
    [InlineData("debug/FleetProf.Agent/FleetProf.Agent.dll", true)]
    [InlineData("FleetProf.Agent/debug/FleetProf.Agent.dll", true)]
    [InlineData("debug/FleetProf.Agent", false)]
    public void Command_InEachPlace_IsFound(string place, bool needsRuntime)
    {
        var here = Path.Combine(folder, "bin", "fleetprof", "debug");
        var file = Path.Combine(place.StartsWith("debug", StringComparison.Ordinal) ? Path.Combine(folder, "bin", "fleetprof") : Path.Combine(folder, "bin"), place);
        Directory.CreateDirectory(here);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");

        var command = BuiltProgram.Command("FleetProf.Agent", here + Path.DirectorySeparatorChar);

        Assert.Equal(needsRuntime ? 2 : 1, command.Length);
        Assert.Equal(file, command[^1]);
    }

    [Fact]
    public void Command_Nowhere_SaysWhatToDo() =>
        Assert.Contains("FleetProf.Agent is missing", Assert.Throws<CommandFailedException>(() => BuiltProgram.Command("FleetProf.Agent", folder)).Message, StringComparison.Ordinal);
}
