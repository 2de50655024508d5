using System.Threading.Channels;
using FleetProf.Contracts.Access.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

public sealed class ClusterExpiryTests : IDisposable
{
    private readonly ClusterFolders cluster = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly Channel<string> warnings = Channel.CreateUnbounded<string>();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public void Look_CertificateOfNinetyDays_WarnsFromTheFourteenthDayBeforeItsEndUntilItIsReplaced()
    {
        var expiry = Expiry(cluster.Silo);
        Assert.Null(Warning(expiry));
        clock.Advance(TimeSpan.FromDays(75));
        Assert.Null(Warning(expiry));

        clock.Advance(TimeSpan.FromDays(2));
        var ends = Warning(expiry);
        clock.Advance(TimeSpan.FromDays(14));
        var ended = Warning(expiry);

        Assert.Contains($"{cluster.Silo.Path} ends at", ends, StringComparison.Ordinal);
        Assert.Contains("fleetprof ca cluster", ends, StringComparison.Ordinal);
        Assert.Contains($"{cluster.Silo.Path} ended at", ended, StringComparison.Ordinal);
        Assert.True(expiry.Left() < TimeSpan.Zero);

        cluster.Make("authority", ("Days", "200"));

        Assert.Null(Warning(expiry));
        Assert.InRange(expiry.Left()!.Value.TotalDays, 108, 110);
    }

    [Fact]
    public async Task Run_CertificateThatEnds_IsToldAtOnceAndEveryDay()
    {
        cluster.Make("authority", ("Days", "10"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = Expiry(cluster.Portal).RunAsync(stop.Token);

        Assert.Contains("ends at", await warnings.Reader.ReadAsync(stop.Token), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Contains("ends at", await warnings.Reader.ReadAsync(stop.Token), StringComparison.Ordinal);
        // The certificate was made after the clock of this test began: at ten days of it some of a second may be left.
        clock.Advance(TimeSpan.FromDays(10));
        var warning = await warnings.Reader.ReadAsync(stop.Token);
        while (warning.Contains("ends at", StringComparison.Ordinal))
        {
            warning = await warnings.Reader.ReadAsync(stop.Token);
        }

        Assert.Contains("ended at", warning, StringComparison.Ordinal);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void Look_FilesThatAreGone_SaysSoAndTellsNoTime()
    {
        var expiry = Expiry(new ClusterFolder(Path.Combine(cluster.Silo.Path, "nowhere")));

        Assert.Contains("holds no certificate for the cluster", Warning(expiry), StringComparison.Ordinal);
        Assert.Null(expiry.Left());
    }

    private ClusterExpiry Expiry(ClusterFolder folder) => new(folder, clock, warning => Assert.True(warnings.Writer.TryWrite(warning)));

    private string? Warning(ClusterExpiry expiry)
    {
        expiry.Look();
        return warnings.Reader.TryRead(out var warning) ? warning : null;
    }
}
