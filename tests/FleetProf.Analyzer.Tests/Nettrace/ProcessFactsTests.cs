using FleetProf.Analyzer.Nettrace;

namespace FleetProf.Analyzer.Tests.Nettrace;

public sealed class ProcessFactsTests
{
    [Theory]
    [InlineData(10, 0, 1226, "10.0.12")]
    [InlineData(9, 0, 124, "9.0.1")]
    [InlineData(8, 0, 23, "8.0.0")]
    [InlineData(10, 0, 25, "10.0.0")]
    public void Version_OfAFileVersion_IsThatOfTheRelease(int major, int minor, int build, string expected) => Assert.Equal(expected, ProcessFacts.VersionOf(major, minor, build));
}
