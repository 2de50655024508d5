using FleetProf.Silo.Captures;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

public sealed class NeighboursTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Alone_OrAfterItsOwnEarlierRun_MayJoin()
    {
        Assert.Null(Problem("127.0.0.1:1", null));
        Assert.Null(Problem("127.0.0.1:1", null, Entry("127.0.0.1:1@7", "here")));
    }

    [Fact]
    public void LoopbackOnTwoHosts_IsRefusedWithTheSettingsToMake()
    {
        Assert.Contains("FleetProf:Silo:ClusterAddress", Problem("127.0.0.1:1", "shared", Entry("127.0.0.1:1@7", "there")), StringComparison.Ordinal);
        Assert.Contains("FleetProf:Silo:ClusterAddress", Problem("10.0.0.1:1", "shared", Entry("127.0.0.1:1@7", "there")), StringComparison.Ordinal);
        Assert.Null(Problem("10.0.0.1:1", "shared", Entry("10.0.0.2:1@7", "there")));
    }

    [Fact]
    public void WithoutASharedFolder_BesideAnotherSilo_IsRefusedWithTheSettingToMake()
    {
        Assert.Contains("FleetProf:Silo:Artifacts", Problem("127.0.0.1:1", null, Entry("127.0.0.1:2@7", "here")), StringComparison.Ordinal);
        Assert.Null(Problem("127.0.0.1:1", "shared", Entry("127.0.0.1:2@7", "here")));
    }

    /// <summary>Mounted at another place it is the same; at the same place, where the share is not mounted, another.</summary>
    [Fact]
    public void OneFolder_MayJoin_AndAnotherIsRefusedWithTheSettingToMake()
    {
        var mine = Of(new CaptureOptions(), artifacts: "shared").Store;
        Directory.Move(folder["shared"], folder["mounted elsewhere"]);

        Assert.Null(Problem("10.0.0.1:1", "mounted elsewhere", Entry("10.0.0.2:1@7", "there", store: mine)));
        var problem = Problem("10.0.0.1:1", "shared", Entry("10.0.0.2:1@7", "there", store: mine));

        Assert.Contains(mine, problem, StringComparison.Ordinal);
        Assert.Contains(Of(new CaptureOptions(), artifacts: "shared").Store, problem, StringComparison.Ordinal);
        Assert.Contains("Set FleetProf:Silo:Artifacts of every silo to one shared folder", problem, StringComparison.Ordinal);
    }

    /// <summary>It knows of no marks, and names each folder alike.</summary>
    [Fact]
    public void BesideAFolderOfASiloOfTheVersionBefore_MayJoin()
    {
        Assert.Null(Problem("10.0.0.1:1", "shared", Entry("10.0.0.2:1@7", "there", store: "a folder")));
        Assert.NotNull(Problem("10.0.0.1:1", "shared", Bucket("recordings"), Entry("10.0.0.2:1@7", "there", store: "a folder")));
    }

    /// <summary>It compares what is stored of the store, and a folder is a folder to it; nor does it know the mark when it writes the entry anew.</summary>
    [Fact]
    public void StoredStore_OfAFolder_IsWhatASiloOfTheVersionBeforeComparesAndHasTheMarkBeside()
    {
        var store = Of(new CaptureOptions(), artifacts: "shared").Store;
        var stored = StoredMember.Of(Entry("10.0.0.2:1@7", "there", store: store));

        Assert.Equal("a folder", stored.Store);
        Assert.Equal(store, stored.ToEntry().RoleName);
        Assert.Equal("a folder", (stored with { Mark = "" }).ToEntry().RoleName);
        Assert.Equal("the bucket b/", StoredMember.Of(Entry("10.0.0.2:1@7", "there", store: "the bucket b/")).ToEntry().RoleName);
    }

    [Fact]
    public void OneBucketAndNoFolder_MayJoin()
    {
        var bucket = Bucket("recordings");

        Assert.Null(Problem("10.0.0.1:1", null, bucket, Entry("10.0.0.2:1@7", "there", store: Of(bucket).Store)));
        Assert.Null(Problem("10.0.0.1:1", null, bucket, Entry("10.0.0.2:1@7", "there")));
        Assert.False(Directory.Exists(folder["data"]), "A silo on a bucket made a folder of artifacts.");
    }

    [Fact]
    public void AnotherBucketOrPrefix_OrAFolderBesideABucket_IsRefusedWithBothStoresAndTheSettingsToMake()
    {
        CaptureOptions[] stores = [new(), Bucket("recordings"), Bucket("others"), Bucket("recordings", "fleetprof/")];

        Assert.All(from one in stores from two in stores where one != two select (one, two), pair =>
        {
            var problem = Problem("10.0.0.1:1", "shared", pair.one, Entry("10.0.0.2:1@7", "there", store: Of(pair.two, artifacts: "shared").Store))!;

            Assert.Contains(Of(pair.one, artifacts: "shared").Store, problem, StringComparison.Ordinal);
            Assert.Contains(Of(pair.two, artifacts: "shared").Store, problem, StringComparison.Ordinal);
            Assert.Contains("FleetProf:Captures:Store, FleetProf:Captures:S3:Bucket and FleetProf:Captures:S3:Prefix", problem, StringComparison.Ordinal);
        });
    }

    /// <summary>What was killed is no neighbour for long.</summary>
    [Fact]
    public void SilentOnes_DoNotCount() => Assert.Null(Problem("127.0.0.1:1", null, Entry("127.0.0.1:2@7", "there", silentFor: Neighbours.Silent)));

    private string? Problem(string mine, string? artifacts, params MembershipEntry[] others) => Problem(mine, artifacts, new CaptureOptions(), others);

    private string? Problem(string mine, string? artifacts, CaptureOptions captures, params MembershipEntry[] others) => Of(captures, mine, artifacts).ProblemWith(others);

    /// <param name="captures">Of the silo.</param>
    /// <param name="mine">Where it is reached.</param>
    /// <param name="artifacts">A name in the folder of this test; null: a silo that keeps artifacts for itself.</param>
    private Neighbours Of(CaptureOptions captures, string mine = "10.0.0.1:1", string? artifacts = null) => new(
        Options.Create(new SiloOptions { DataFolder = folder["data"], Artifacts = artifacts is null ? null : folder[artifacts] }),
        Options.Create(captures),
        Fake.Of<ILocalSiloDetails>(($"get_{nameof(ILocalSiloDetails.SiloAddress)}", _ => SiloAddress.FromParsableString($"{mine}@9")), ($"get_{nameof(ILocalSiloDetails.DnsHostName)}", _ => "here")),
        new FakeTimeProvider(Now));

    private static CaptureOptions Bucket(string name, string prefix = "") => new() { Store = StoreKind.S3, S3 = new S3Options { Bucket = name, Prefix = prefix } };

    private static MembershipEntry Entry(string address, string host, TimeSpan silentFor = default, string store = "") =>
        new() { SiloAddress = SiloAddress.FromParsableString(address), HostName = host, Status = SiloStatus.Active, IAmAliveTime = (Now - silentFor).UtcDateTime, RoleName = store };
}
