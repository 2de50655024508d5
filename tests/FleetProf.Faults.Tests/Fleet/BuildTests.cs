using FleetProf.Faults.Fleet;

namespace FleetProf.Faults.Tests.Fleet;

public sealed class BuildTests
{
    private const string Program = "GcProbe";

    [Fact]
    public void ProgramOf_ThisBuild_IsThere() => Assert.True(File.Exists(Build.Own.ProgramOf(Program)), Build.Own.ProgramOf(Program));

    [Fact]
    public void ProgramOf_AnotherBuild_IsInThatOnesFolder()
    {
        var other = new Build(Path.Combine(Path.GetTempPath(), "older"));

        Assert.Equal(Path.GetRelativePath(Build.Own.Folder, Build.Own.ProgramOf(Program)), Path.GetRelativePath(other.Folder, other.ProgramOf(Program)));
        Assert.NotEqual(Build.Own, other);
    }
}
