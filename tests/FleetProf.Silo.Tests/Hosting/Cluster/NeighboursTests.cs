using FleetProf.Silo.Hosting;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Captures;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

public sealed class NeighboursTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Alone_OrAfterItsOwnEarlierRun_MayJoin()
    {
        Assert.Null(Problem("127.0.0.1:1", null));
        Assert.Null(Problem("127.0.0.1:1", null, Entry("127.0.0.1:1@7", "here")));
    }

    [Fact]
    public void LoopbackOnTwoHosts_IsRefusedWithTheSettingsToMake()
    {
        Assert.Contains("FleetProf:Silo:ClusterAddress", Problem("127.0.0.1:1", "/shared", Entry("127.0.0.1:1@7", "there")), StringComparison.Ordinal);
        Assert.Contains("FleetProf:Silo:ClusterAddress", Problem("10.0.0.1:1", "/shared", Entry("127.0.0.1:1@7", "there")), StringComparison.Ordinal);
        Assert.Null(Problem("10.0.0.1:1", "/shared", Entry("10.0.0.2:1@7", "there")));
    }

    [Fact]
    public void WithoutASharedFolder_BesideAnotherSilo_IsRefusedWithTheSettingToMake()
    {
        Assert.Contains("FleetProf:Silo:Artifacts", Problem("127.0.0.1:1", null, Entry("127.0.0.1:2@7", "here")), StringComparison.Ordinal);
        Assert.Null(Problem("127.0.0.1:1", "/shared", Entry("127.0.0.1:2@7", "here")));
    }

    /// <summary>What was killed is no neighbour for long.</summary>
    [Fact]
    public void SilentOnes_DoNotCount() => Assert.Null(Problem("127.0.0.1:1", null, Entry("127.0.0.1:2@7", "there", silentFor: Neighbours.Silent)));

    private static string? Problem(string mine, string? artifacts, params MembershipEntry[] others) => new Neighbours(
        Options.Create(new SiloOptions { Artifacts = artifacts }),
        Fake.Of<ILocalSiloDetails>(($"get_{nameof(ILocalSiloDetails.SiloAddress)}", _ => SiloAddress.FromParsableString($"{mine}@9")), ($"get_{nameof(ILocalSiloDetails.DnsHostName)}", _ => "here")),
        new FakeTimeProvider(Now)).ProblemWith(others);

    private static MembershipEntry Entry(string address, string host, TimeSpan silentFor = default) =>
        new() { SiloAddress = SiloAddress.FromParsableString(address), HostName = host, Status = SiloStatus.Active, IAmAliveTime = (Now - silentFor).UtcDateTime };
}
