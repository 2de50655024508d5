using System.Security.Cryptography;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Tests.Storage;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>A budget of 1,000 bytes within an hour, of which 600 are sent at noon and 400 ten minutes later.</summary>
public sealed class UploadBudgetTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Noon);
    private CaptureRig rig;

    public UploadBudgetTests() => rig = Rig(CatalogKind.Sqlite);

    public void Dispose() => rig.Dispose();

    [Theory]
    [InlineData(CatalogKind.Sqlite)]
    [InlineData(CatalogKind.Postgres)]
    public async Task Begin_OneByteAboveTheBudget_IsRefusedUntilTheFirstIsAnHourOld(CatalogKind kind)
    {
        rig.Dispose();
        rig = Rig(kind);
        await SendAllAsync();

        await RefusedAsync(3, 1, Noon.AddHours(1));
        clock.SetUtcNow(Noon.AddHours(1).AddMilliseconds(-1));
        await RefusedAsync(3, 1, Noon.AddHours(1));
        clock.SetUtcNow(Noon.AddHours(1));
        Assert.True((await UploadAsync(3, 1)).IsComplete);

        // 401 of the hour are taken: 599 more are exactly the budget, and 600 wait for the 400.
        await RefusedAsync(4, 600, Noon.AddMinutes(70));
        Assert.True((await UploadAsync(4, 599)).IsComplete);
        await RefusedAsync(5, 1, Noon.AddMinutes(70));
    }

    [Fact]
    public async Task Begin_MoreThanTheFirstLeaves_SaysWhenTheSecondIsAnHourOldToo()
    {
        await SendAllAsync();

        await RefusedAsync(3, 600, Noon.AddHours(1));
        await RefusedAsync(3, 601, Noon.AddMinutes(70));
    }

    [Fact]
    public async Task Begin_AfterARestartOfTheSilo_IsRefusedAsBefore()
    {
        await SendAllAsync();

        await rig.RestartAsync();

        await RefusedAsync(3, 1, Noon.AddHours(1));
    }

    [Fact]
    public async Task Receive_WithoutHavingBegun_IsRefusedAndTakesNothing()
    {
        await SendAllAsync();
        var content = CaptureRig.Content(50);
        var offer = Offer(3, content);

        var refused = await Assert.ThrowsAsync<RpcException>(() => rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 50, offer)), new StatusStream()));

        Assert.Equal(nameof(CaptureFailure.UploadBudget), refused.Trailers.GetValue(UploadIntake.FailureTrailer));
        Assert.False(rig.Store.HasPart(offer.CaptureId, 1, offer.Sha256));
    }

    [Fact]
    public async Task Begin_OfWhatWasGranted_GoesOnWithoutCountingAgain()
    {
        await UploadAsync(1, 600);
        var content = CaptureRig.Content(400);
        var offer = Offer(2, content);
        await rig.Intake.BeginAsync(offer);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 100, offer)), new StatusStream());

        await rig.RestartAsync();

        Assert.Equal(100, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 100, 300, offer)), new StatusStream());
        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
        await RefusedAsync(3, 1, Noon.AddHours(1));
    }

    [Fact]
    public async Task Begin_OfOtherContentForTheSameCapture_CountsBesides()
    {
        await rig.Intake.BeginAsync(Offer(1, CaptureRig.Content(600)));

        await rig.Intake.BeginAsync(Offer(1, CaptureRig.Content(400)));

        await RefusedAsync(1, 1, Noon.AddHours(1));
    }

    [Fact]
    public async Task Begin_AgainOfTheSameSize_CountsOnce()
    {
        var offer = Offer(1, CaptureRig.Content(600));
        for (var i = 0; i < 5; i++)
        {
            await rig.Intake.BeginAsync(offer);
        }

        Assert.True((await UploadAsync(2, 400)).IsComplete);
        await RefusedAsync(3, 1, Noon.AddHours(1));
    }

    [Fact]
    public async Task Begin_OfMoreThanWasOfferedUnderTheSameChecksum_CountsBesides()
    {
        await BeginWithOneByteAsync(1, CaptureRig.Content(400));
        await BeginWithOneByteAsync(2, CaptureRig.Content(5_000));

        await RefusedAsync(2, 5_000, Noon.AddHours(1));

        // Two single bytes and 400: 598 more are exactly the budget.
        await rig.Intake.BeginAsync(Offer(1, CaptureRig.Content(400)));
        await RefusedAsync(3, 599, Noon.AddHours(1));
        Assert.True((await UploadAsync(3, 598)).IsComplete);
    }

    [Fact]
    public async Task Begin_AfterLessThanWasOfferedWasNotAsItsChecksum_CountsAgain()
    {
        var content = CaptureRig.Content(600);
        var offer = Offer(1, content);
        content[0] ^= 1;
        offer.SizeBytes = 900;
        await rig.Intake.BeginAsync(offer);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 600, offer)), new StatusStream());
        offer.SizeBytes = 600;
        Assert.Equal(nameof(CaptureFailure.UploadMismatch), (await rig.Intake.CompleteAsync(offer)).Failure);

        offer.SizeBytes = 900;
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(offer))).StatusCode);
    }

    [Fact]
    public async Task Begin_OfContentThatWasNotAsItsChecksum_CountsAgain()
    {
        var content = CaptureRig.Content(600);
        var offer = Offer(1, CaptureRig.Content(600));
        content[0] ^= 1;
        await rig.Intake.BeginAsync(offer);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 600, offer)), new StatusStream());
        Assert.Equal(nameof(CaptureFailure.UploadMismatch), (await rig.Intake.CompleteAsync(offer)).Failure);

        await RefusedAsync(1, 600, Noon.AddHours(1));
    }

    [Fact]
    public async Task Begin_LargerThanTheWholeBudget_GoesWhenNothingElseWentInTheHour()
    {
        await SendAllAsync();
        await RefusedAsync(3, 5_000, Noon.AddMinutes(70));

        clock.SetUtcNow(Noon.AddMinutes(70));

        Assert.True((await UploadAsync(3, 5_000)).IsComplete);
    }

    [Theory]
    [InlineData(CatalogKind.Sqlite)]
    [InlineData(CatalogKind.Postgres)]
    public async Task Begin_AnHourAfterAgentsThatNeverComeBack_ForgetsThem(CatalogKind kind)
    {
        rig.Dispose();
        rig = Rig(kind);
        await UploadAsync(1, 100);
        var gone = new { GrantedAt = Noon.ToUnixTimeMilliseconds(), Later = Noon.AddMinutes(30).ToUnixTimeMilliseconds() };
        await rig.Database.WriteAsync((connection, transaction) => connection.Execute(
            """
            INSERT INTO upload_grants (capture_id, agent_id, attempt, sha256, size_bytes, granted_at)
            VALUES ('gone-1', 'gone', 1, '', 1, @GrantedAt), ('gone-2', 'gone', 1, '', 1, @Later)
            """,
            gone,
            transaction));
        clock.SetUtcNow(Noon.AddHours(1));

        await UploadAsync(2, 100);

        Assert.Equal(["gone-2"], await rig.Database.ReadAsync(connection => connection.Query<string>("SELECT capture_id FROM upload_grants WHERE agent_id = 'gone'").AsList()));
    }

    private CaptureRig Rig(CatalogKind kind) =>
        new(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off, UploadBytesPerHour = 1_000 }, clock: clock, kind: kind);

    private async Task SendAllAsync()
    {
        Assert.True((await UploadAsync(1, 600)).IsComplete);
        clock.SetUtcNow(Noon.AddMinutes(10));
        Assert.True((await UploadAsync(2, 400)).IsComplete);
        clock.SetUtcNow(Noon.AddMinutes(20));
    }

    private Task<UploadStatus> UploadAsync(int number, int bytes)
    {
        var content = CaptureRig.Content(bytes);
        return rig.UploadAsync(content, Offer(number, content));
    }

    private Task<UploadStatus> BeginWithOneByteAsync(int number, byte[] content)
    {
        var offer = Offer(number, content);
        offer.SizeBytes = 1;
        return rig.Intake.BeginAsync(offer);
    }

    /// <summary>For the capture of this number, which the campaign has ordered from now on.</summary>
    private UploadOffer Offer(int number, byte[] content)
    {
        rig.Target = rig.Target with { CaptureId = CaptureId.Of(CaptureRig.CampaignId, number) };
        var offer = CaptureRig.Offer(content);
        (offer.CaptureId, offer.Sha256) = (rig.Target.CaptureId, Convert.ToHexStringLower(SHA256.HashData(content)));
        return offer;
    }

    private async Task RefusedAsync(int number, int bytes, DateTimeOffset until)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(Offer(number, CaptureRig.Content(bytes))));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal(nameof(CaptureFailure.UploadBudget), refused.Trailers.GetValue(UploadIntake.FailureTrailer));
        Assert.Contains($"{bytes} bytes may go on at {until:yyyy-MM-dd HH:mm:ss} UTC", refused.Status.Detail, StringComparison.Ordinal);
    }
}
