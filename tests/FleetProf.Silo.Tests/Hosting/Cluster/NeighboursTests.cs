using FleetProf.Silo.Captures;
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

    [Fact]
    public void OneBucketAndNoFolder_MayJoin()
    {
        var bucket = Bucket("recordings");

        Assert.Null(Problem("10.0.0.1:1", null, bucket, Entry("10.0.0.2:1@7", "there", store: Of(bucket).Store)));
        Assert.Null(Problem("10.0.0.1:1", null, bucket, Entry("10.0.0.2:1@7", "there")));
    }

    [Fact]
    public void AnotherBucketOrPrefix_OrAFolderBesideABucket_IsRefusedWithBothStoresAndTheSettingsToMake()
    {
        CaptureOptions[] stores = [new(), Bucket("recordings"), Bucket("others"), Bucket("recordings", "fleetprof/")];

        Assert.All(from one in stores from two in stores where one != two select (one, two), pair =>
        {
            var problem = Problem("10.0.0.1:1", "/shared", pair.one, Entry("10.0.0.2:1@7", "there", store: Of(pair.two).Store))!;

            Assert.Contains(Of(pair.one).Store, problem, StringComparison.Ordinal);
            Assert.Contains(Of(pair.two).Store, problem, StringComparison.Ordinal);
            Assert.Contains("FleetProf:Captures:Store, FleetProf:Captures:S3:Bucket and FleetProf:Captures:S3:Prefix", problem, StringComparison.Ordinal);
        });
    }

    /// <summary>What was killed is no neighbour for long.</summary>
    [Fact]
    public void SilentOnes_DoNotCount() => Assert.Null(Problem("127.0.0.1:1", null, Entry("127.0.0.1:2@7", "there", silentFor: Neighbours.Silent)));

    private static string? Problem(string mine, string? artifacts, params MembershipEntry[] others) => Problem(mine, artifacts, new CaptureOptions(), others);

    private static string? Problem(string mine, string? artifacts, CaptureOptions captures, params MembershipEntry[] others) => Of(captures, mine, artifacts).ProblemWith(others);

    private static Neighbours Of(CaptureOptions captures, string mine = "10.0.0.1:1", string? artifacts = null) => new(
        Options.Create(new SiloOptions { Artifacts = artifacts }),
        Options.Create(captures),
        Fake.Of<ILocalSiloDetails>(($"get_{nameof(ILocalSiloDetails.SiloAddress)}", _ => SiloAddress.FromParsableString($"{mine}@9")), ($"get_{nameof(ILocalSiloDetails.DnsHostName)}", _ => "here")),
        new FakeTimeProvider(Now));

    private static CaptureOptions Bucket(string name, string prefix = "") => new() { Store = StoreKind.S3, S3 = new S3Options { Bucket = name, Prefix = prefix } };

    private static MembershipEntry Entry(string address, string host, TimeSpan silentFor = default, string store = "") =>
        new() { SiloAddress = SiloAddress.FromParsableString(address), HostName = host, Status = SiloStatus.Active, IAmAliveTime = (Now - silentFor).UtcDateTime, RoleName = store };
}
