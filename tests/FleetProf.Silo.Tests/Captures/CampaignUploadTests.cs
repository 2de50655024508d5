using System.Security.Cryptography;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Tests.Campaigns;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Uploads against real campaigns and agents, through to the result.</summary>
[Trait("Ring", "process")]
public sealed class CampaignUploadTests : IAsyncLifetime
{
    private static readonly byte[] Content = CaptureRig.Content(100_000);

    private readonly CampaignRig rig = new();

    private UploadIntake Intake => rig.Services.GetRequiredService<UploadIntake>();

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        await rig.StartAsync();
        await rig.EnrolAsync("agent001", "secret");
        await rig.EnrolAsync("agent002", "other");
    }

    [Fact]
    public async Task Upload_OfTheOrderedAttempt_IsTaken_OfAnyOther_IsNot()
    {
        await OrderAsync();

        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(Offer() with { AgentId = "agent002", AgentSecret = "other" }));
        Assert.Equal(StatusCode.Unauthenticated, await RefusalAsync(Offer() with { AgentSecret = "guess" }));
        Assert.Equal(StatusCode.PermissionDenied, await RefusalAsync(Offer() with { CaptureId = "01jzzzzzzzzzzzzzzzzzzzzzzz-0001" }));
        Assert.Equal(nameof(CaptureFailure.Expired), (await Intake.BeginAsync((Offer() with { Attempt = 2 }).ToMessage())).Failure);
        Assert.Equal("", (await Intake.BeginAsync(Offer().ToMessage())).Failure);
        Assert.True((await UploadAsync()).IsComplete);
    }

    [Fact]
    public async Task Upload_OfAStoppedCapture_IsRefused()
    {
        await OrderAsync();
        await rig.Campaign.StopAsync("bob");
        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.Cancelled });

        Assert.Equal(nameof(CaptureFailure.Cancelled), (await Intake.BeginAsync(Offer().ToMessage())).Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_BeforeTheSiloDied_IsAnalysedAfterItsRestart(bool isReported)
    {
        await OrderAsync();
        Assert.True((await UploadAsync()).IsComplete);
        if (isReported)
        {
            await rig.SucceedAsync(1);
        }

        await rig.KillAsync();
        UseAnalyzer();
        await rig.StartAsync();
        if (!isReported)
        {
            // The agent repeats its word until it is acknowledged.
            Assert.True(await rig.SucceedAsync(1));
        }

        var campaign = await rig.UntilAsync(campaign => campaign.EndedAt is not null);
        var files = await rig.Captures.ListFilesAsync(CampaignRig.Capture(1));
        var file = await rig.Captures.GetFileAsync(CampaignRig.Capture(1), "original.nettrace");

        Assert.Equal((CampaignState.Completed, CaptureState.Ready), (campaign.State, campaign.Targets[0].State));
        Assert.Equal(3, (await rig.Captures.GetAsync(CampaignRig.Capture(1)))!.Summary!.GcCount);
        Assert.Equal(["gcs.json", "original.nettrace", "summary.json"], files.Select(listed => listed.Name));
        Assert.All(files, listed => Assert.Null(listed.Link));
        Assert.Contains("ticket=", file!.Link, StringComparison.Ordinal);
        Assert.Null(await rig.Captures.GetFileAsync("../../etc", "passwd"));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private static TestOffer Offer() => new(CampaignRig.Capture(1), 1, "agent001", "secret");

    private async Task OrderAsync()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
    }

    private async Task<StatusCode> RefusalAsync(TestOffer offer) =>
        (await Assert.ThrowsAsync<RpcException>(() => Intake.BeginAsync(offer.ToMessage()))).StatusCode;

    private async Task<UploadStatus> UploadAsync()
    {
        var offer = Offer().ToMessage();
        await Intake.BeginAsync(offer);
        await Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(Content, 0, Content.Length, offer)), new StatusStream());
        return await Intake.CompleteAsync(offer);
    }

    private void UseAnalyzer()
    {
        var path = Path.Combine(rig.Folder, "analyzer.sh");
        File.WriteAllText(path, """
            #!/bin/sh
            while [ $# -gt 0 ]; do [ "$1" = --output ] && output=$2; shift; done
            printf '{"kind":"trace","gcCount":3,"isComplete":true,"files":["gcs.json"]}' > "$output/summary.json"
            printf '[]' > "$output/gcs.json"
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        rig.AnalyzerPath = path;
    }

    private sealed record TestOffer(string CaptureId, uint Attempt, string AgentId, string AgentSecret)
    {
        public UploadOffer ToMessage() => new()
        {
            CaptureId = CaptureId, Attempt = Attempt, AgentId = AgentId, AgentSecret = AgentSecret,
            SizeBytes = Content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)),
        };
    }
}
