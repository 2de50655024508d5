using FleetProf.Silo.Access.Enrolment;

namespace FleetProf.Silo.Tests.Access.Enrolment;

public sealed class EnrolmentOptionsTests
{
    [Fact]
    public void Problems_OfWrongValues_NameEveryKey()
    {
        var problems = new EnrolmentOptions
        {
            Listen = "everywhere", Names = ["a b"], CertificateLife = TimeSpan.FromSeconds(1), RenewalGrace = TimeSpan.FromDays(31),
            StandingInterval = TimeSpan.FromMinutes(1), JoinsPerSecond = 0, FailuresPerMinute = -1,
            MaxConnections = 0, MaxConnectionsPerAddress = 0, ConnectionsPerMinute = 0, MaxHandshakes = 0,
        }.Problems().ToList();

        string[] keys = ["Listen", "Names", "CertificateLife", "RenewalGrace", "StandingInterval", "JoinsPerSecond", "FailuresPerMinute", "MaxConnections", "MaxConnectionsPerAddress", "ConnectionsPerMinute", "MaxHandshakes"];
        Assert.All(keys, key => Assert.Contains(problems, problem => problem.StartsWith($"FleetProf:Enrolment:{key}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("127.0.0.1:7444", "", "https://127.0.0.1:7444")]
    [InlineData("10.0.0.5:9000", "", "https://10.0.0.5:9000")]
    [InlineData("[::1]:7444", "", "https://[::1]:7444")]
    [InlineData("0.0.0.0:7444", "silo.example", "https://silo.example:7444")]
    public void JoinUrl_NamesWhatHostsReach(string listen, string name, string expected) =>
        Assert.Equal(expected, new EnrolmentOptions { Listen = listen, Names = name.Length > 0 ? [name] : [] }.JoinUrl());
}
