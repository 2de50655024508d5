using FleetProf.Cli.Agents;

namespace FleetProf.Cli.Tests.Agents;

public sealed class JoinedHostTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;

    [Theory]
    [InlineData(1, null, false)]
    [InlineData(-71, null, false)]
    [InlineData(-73, null, true)]
    [InlineData(-5, 6, false)]
    [InlineData(-7, 6, true)]
    public void IsOver_Certificate_OnceItMayNotBeRenewedAnyMore(int hoursLeft, int? graceHours, bool expected)
    {
        WrittenEnrolment.Write(_folder, Now.AddHours(hoursLeft), graceHours is { } hours ? TimeSpan.FromHours(hours) : null);

        Assert.True(JoinedHost.IsIn(_folder));
        Assert.Equal(expected, JoinedHost.IsOver(_folder, Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"Certificate\":\"none\"}")]
    public void IsOver_FileThatHoldsNoEnrolment_IsLeftToTheAgent(string content)
    {
        File.WriteAllText(Path.Combine(_folder, JoinedHost.FileName), content);

        Assert.True(JoinedHost.IsIn(_folder));
        Assert.False(JoinedHost.IsOver(_folder, Now));
    }

    [Fact]
    public void IsIn_FolderThatIsNotThere_IsFalse() => Assert.False(JoinedHost.IsIn(Path.Combine(_folder, "none")));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
