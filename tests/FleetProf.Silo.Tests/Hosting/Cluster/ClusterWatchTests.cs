using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dapper;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Gateway;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

public sealed class ClusterWatchTests : IDisposable
{
    private static readonly SiloIdentity Me = new("127.0.0.1:11111@1");

    private readonly TemporaryCatalog catalog = new();
    private readonly FakeTimeProvider clock = new();
    private readonly UpkeepLease lease;
    private readonly MembershipTable members;

    public ClusterWatchTests()
    {
        lease = new UpkeepLease(catalog.Database, clock, Me);
        members = new MembershipTable(catalog.Database, Options.Create(new ClusterOptions { ClusterId = "c" }));
    }

    public void Dispose() => catalog.Dispose();

    /// <summary>Else it would lose the lease, begin all over once it has it again, and so on.</summary>
    [Fact]
    public async Task Step_ThatTakesLongerThanTheLeaseLives_KeepsTheLeaseAndIsDoneOnce()
    {
        var (begun, held) = (0, new TaskCompletionSource());
        using var watch = await StartAsync(new TakeoverStep("slow", (_, _) =>
        {
            Interlocked.Increment(ref begun);
            return held.Task;
        }));
        await GatewayRig.UntilAsync(() => Task.FromResult(Volatile.Read(ref begun) == 1));

        for (var look = 0; look < 10; look++)
        {
            await LookAsync();
        }

        Assert.True(lease.IsHeld);
        held.SetResult();
        await LookAsync();
        await LookAsync();
        Assert.Equal(1, begun);
        await watch.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Step_ThatFails_IsTriedAgain()
    {
        var tries = 0;
        using var watch = await StartAsync(new TakeoverStep("failing", (_, _) => Interlocked.Increment(ref tries) < 3 ? Task.FromException(new IOException("planted")) : Task.CompletedTask));

        for (var look = 0; Volatile.Read(ref tries) < 3; look++)
        {
            Assert.True(look < 100, $"{tries} tries after {look} looks.");
            await LookAsync();
        }

        await LookAsync();
        await LookAsync();

        Assert.Equal(3, tries);
        await watch.StopAsync(CancellationToken.None);
    }

    /// <summary>What that one took would else stay with it.</summary>
    [Fact]
    public async Task Step_AfterOneThatTookLong_HearsOfASiloThatWentMeanwhile()
    {
        await members.InitializeMembershipTable(true);
        await members.InsertRow(
            new MembershipEntry { SiloAddress = SiloAddress.FromParsableString("127.0.0.1:11112@2"), Status = SiloStatus.Active, HostName = "h", SiloName = "s" },
            (await members.ReadAll()).Version.Next());
        var (begun, held, heard) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource<IReadOnlyCollection<string>>());
        using var watch = await StartAsync(
            new TakeoverStep("slow", (_, _) =>
            {
                begun.TrySetResult();
                return held.Task;
            }),
            new TakeoverStep("next", (living, _) =>
            {
                heard.TrySetResult(living);
                return Task.CompletedTask;
            }));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var table = await members.ReadAll();
        var (entry, etag) = Assert.Single(table.Members);
        entry.Status = SiloStatus.Dead;
        Assert.True(await members.UpdateRow(entry, etag, table.Version.Next()));
        await LookAsync();
        await LookAsync();
        held.SetResult();

        Assert.Equal([Me.Name], await heard.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        await watch.StopAsync(CancellationToken.None);
    }

    /// <summary>Old trends are removed for hours after a long pause: analyses of a dead silo, and what the next one that dies leaves, must not wait for it.</summary>
    [Fact]
    public async Task LongStep_StillAtWork_HoldsUpNeitherTheOthersNorTheNextTakeover()
    {
        await members.InitializeMembershipTable(true);
        await members.InsertRow(
            new MembershipEntry { SiloAddress = SiloAddress.FromParsableString("127.0.0.1:11112@2"), Status = SiloStatus.Active, HostName = "h", SiloName = "s" },
            (await members.ReadAll()).Version.Next());
        var (sweeps, held, heard) = (0, new TaskCompletionSource(), new ConcurrentQueue<int>());
        using var watch = await StartAsync(
            new TakeoverStep(
                "sweep",
                (_, _) =>
                {
                    Interlocked.Increment(ref sweeps);
                    return held.Task;
                },
                IsLong: true),
            new TakeoverStep("analyses", (living, _) =>
            {
                heard.Enqueue(living.Count);
                return Task.CompletedTask;
            }));
        await GatewayRig.UntilAsync(() => Task.FromResult(heard.Count == 1 && Volatile.Read(ref sweeps) == 1));

        var table = await members.ReadAll();
        var (entry, etag) = Assert.Single(table.Members);
        entry.Status = SiloStatus.Dead;
        Assert.True(await members.UpdateRow(entry, etag, table.Version.Next()));
        await LookAsync();
        await LookAsync();
        await GatewayRig.UntilAsync(() => Task.FromResult(heard.Count == 2));

        Assert.Equal([2, 1], heard.ToList());
        Assert.Equal(1, sweeps);
        held.SetResult();
        for (var look = 0; Volatile.Read(ref sweeps) < 2; look++)
        {
            Assert.True(look < 100, $"After {look} looks it was not done once more for the silo that went meanwhile.");
            await LookAsync();
        }

        await watch.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Steps_OfASilo_AreShortButTheSweepOfOldTrends()
    {
        var services = new ServiceCollection();
        services.AddSingleton((FleetUpkeep)RuntimeHelpers.GetUninitializedObject(typeof(FleetUpkeep)));
        services.AddSingleton((AnalysisQueue)RuntimeHelpers.GetUninitializedObject(typeof(AnalysisQueue)));
        services.AddClusterUpkeep();
        using var provider = services.BuildServiceProvider();

        var steps = provider.GetServices<TakeoverStep>().ToList();

        Assert.Contains("analyses", steps.Where(step => !step.IsLong).Select(step => step.Name));
        Assert.Equal(["old trends"], steps.Where(step => step.IsLong).Select(step => step.Name));
    }

    private async Task<ClusterWatch> StartAsync(params TakeoverStep[] steps)
    {
        await members.InitializeMembershipTable(true);
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        lifetime.NotifyStarted();
        var watch = new ClusterWatch(lease, members, Me, steps, lifetime, clock, NullLogger<ClusterWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        return watch;
    }

    /// <summary>The watch looks once more. Time stands still until the lease is renewed: on a slow disk it would end meanwhile. The look itself is over when the next one has begun.</summary>
    private async Task LookAsync()
    {
        var before = await BeatAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        await GatewayRig.UntilAsync(async () => await BeatAsync() > before);
    }

    /// <summary>How often the lease was renewed.</summary>
    private Task<long> BeatAsync() => catalog.Database.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT COALESCE(MAX(beat), 0) FROM leases"));
}
