using System.Diagnostics.Metrics;
using FleetProf.Contracts;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Storage;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Uploads while what the silo itself needs is away. Unavailable is the one status of which an agent counts no time.</summary>
public sealed class UploadOutageTests : IDisposable
{
    private readonly CaptureRig rig = new();
    private readonly byte[] content = CaptureRig.Content(2_000);

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task Upload_DatabaseAway_IsUnavailableAndGoesOnWhereItWas()
    {
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)), new StatusStream());
        rig.IsDatabaseAway = true;

        await AssertUnavailableAsync(() => rig.Intake.BeginAsync(offer));
        await AssertUnavailableAsync(() => rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 1_000, 1_000, offer)), new StatusStream()));
        await AssertUnavailableAsync(() => rig.Intake.CompleteAsync(offer));

        rig.IsDatabaseAway = false;
        Assert.Equal(1_000, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 1_000, 1_000, offer)), new StatusStream());
        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
    }

    /// <summary>What is thrown where the campaign's grain is to be woken, in this silo or another, while the database is away; late answers too.</summary>
    [Fact]
    public async Task Begin_CampaignCannotBeAsked_IsUnavailable()
    {
        var outage = new CatalogException("PostgreSQL x does not answer.") { IsUnreachable = true };
        Exception[] failures =
        [
            outage.ForCallers(), new OrleansException("Error from storage provider.", outage), new OrleansException("Error from storage provider of another silo."),
            new SiloUnavailableException("The silo is gone."), new TimeoutException("Response did not arrive on time."),
        ];
        foreach (var failure in failures)
        {
            rig.CampaignFailure = failure;
            await AssertUnavailableAsync(() => rig.Intake.BeginAsync(CaptureRig.Offer(content)));
        }

        rig.CampaignFailure = null;
        Assert.Equal("", (await rig.Intake.BeginAsync(CaptureRig.Offer(content))).Failure);
    }

    /// <summary>An agent would offer it for ever, and everything else after it.</summary>
    [Fact]
    public async Task Begin_CampaignThatWaitingDoesNotMend_IsNoOutage()
    {
        foreach (var cause in new Exception[] { StateDamage.Of("campaign of x has format 9"), new CatalogException("The file is damaged.") })
        {
            rig.CampaignFailure = new OrleansException("Error from storage provider.", cause);
            Assert.Same(rig.CampaignFailure, await Assert.ThrowsAsync<OrleansException>(() => rig.Intake.BeginAsync(CaptureRig.Offer(content))));
        }
    }

    /// <summary>An alert asks for it: recordings pile up with the agents.</summary>
    [Fact]
    public async Task Upload_StoreNotMounted_IsCountedAsStoreAway()
    {
        var offer = CaptureRig.Offer(content);
        await rig.Intake.BeginAsync(offer);
        Directory.Move(Path.Combine(rig.Folder, "uploads"), Path.Combine(rig.Folder, "away"));

        Assert.Equal(["StoreAway"], await CountedAsync(() => AssertUnavailableAsync(() => rig.Intake.BeginAsync(offer))));
    }

    [Fact]
    public async Task Upload_OnePartThatCannotBeWritten_IsCountedAsStoreAway()
    {
        var offer = CaptureRig.Offer(content);
        await rig.Intake.BeginAsync(offer);
        // Something else has the name: nobody can open it, not even root.
        var part = Directory.EnumerateFiles(rig.Folder, "*.part", SearchOption.AllDirectories).Single();
        File.Delete(part);
        Directory.CreateDirectory(part);

        Assert.Equal(["StoreAway"], await CountedAsync(() => Assert.ThrowsAnyAsync<SystemException>(() => rig.Intake.BeginAsync(offer))));
        Assert.Equal(
            ["StoreAway"],
            await CountedAsync(() => Assert.ThrowsAnyAsync<SystemException>(() => rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)), new StatusStream()))));
    }

    /// <summary>As a volume that became read-only after an error, or a folder that was given to another user: in the kernel's own file system nobody makes files, not even root.</summary>
    [Fact]
    public async Task Upload_StoreThatRefusesToBeWritten_IsUnavailable()
    {
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)), new StatusStream());
        var (uploads, kept) = (Path.Combine(rig.Folder, "uploads"), Path.Combine(rig.Folder, "kept"));
        Directory.Move(uploads, kept);
        Directory.CreateSymbolicLink(uploads, "/sys");

        Assert.Equal(["StoreAway"], await CountedAsync(() => AssertUnavailableAsync(() => rig.Intake.BeginAsync(offer))));

        File.Delete(uploads);
        Directory.Move(kept, uploads);
        Assert.Equal(1_000, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
    }

    /// <summary>Of two silos with one folder, the one that the agent left has not noticed yet.</summary>
    [Fact]
    public async Task Upload_PartIsOpenAtAnotherSilo_IsUnavailableAndNoStoreThatIsAway()
    {
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)), new StatusStream());
        var path = Directory.EnumerateFiles(rig.Folder, "*.part", SearchOption.AllDirectories).Single();
        await using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Empty(await CountedAsync(() => AssertUnavailableAsync(() => rig.Intake.BeginAsync(offer))));
        }

        Assert.Equal(1_000, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
    }

    /// <summary>With the same exception as a disk that fails.</summary>
    [Fact]
    public async Task Upload_AgentHangsUp_IsNotCountedAsStoreAway()
    {
        var offer = CaptureRig.Offer(content);
        var lost = new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)) { AtEnd = () => throw new IOException("The client reset the request stream.") };

        Assert.Empty(await CountedAsync(() => Assert.ThrowsAsync<IOException>(() => rig.Intake.ReceiveAsync(lost, new StatusStream()))));

        Assert.Equal(1_000, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
    }

    [Fact]
    public async Task Upload_DiskFull_IsCountedAsStoreFull()
    {
        rig.Options.ReserveBytes = long.MaxValue / 2;

        Assert.Equal([nameof(CaptureFailure.StoreFull)], await CountedAsync(() => rig.Intake.BeginAsync(CaptureRig.Offer(content))));
    }

    /// <summary>The failures of uploads that were counted within the call, and by no other test at the same time.</summary>
    private static async Task<IReadOnlyList<string>> CountedAsync(Func<Task> call)
    {
        var counted = new List<string>();
        var isOwn = new AsyncLocal<bool> { Value = true };
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "fleetprof.captures.uploads")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (isOwn.Value)
            {
                counted.Add($"{tags[0].Value}");
            }
        });
        listener.Start();
        await call();
        return counted;
    }

    private static async Task AssertUnavailableAsync(Func<Task> call) => Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
}
