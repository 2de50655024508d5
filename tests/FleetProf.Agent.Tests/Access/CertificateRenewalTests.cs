using System.Net;
using System.Net.Sockets;
using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Tests.Access;

/// <summary>A day of an agent's certificate in a moment; the renewal goes over a real connection, without TLS.</summary>
public sealed class CertificateRenewalTests : IDisposable
{
    private const string Id = "01KB0000000000000000000000";
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly string path = Directory.CreateTempSubdirectory("fleetprof-renew-").FullName;
    private readonly SteppedClock clock = new();
    private readonly TestAuthority authority;
    private readonly TestAuthority next;
    private readonly EnrolmentSilo.State state = new();

    public CertificateRenewalTests()
    {
        authority = new(clock.GetUtcNow());
        next = new(clock.GetUtcNow());
        state.Renew = request => Reply(request.SigningRequest);
    }

    public void Dispose()
    {
        authority.Dispose();
        next.Dispose();
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task Run_AtTwoThirdsOfTheLife_RenewsWithANewKeyAndTakesOverTheRoots()
    {
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var first = channel.Enrolment!;
        var run = RunAsync(folder, channel, out var stop, out _);

        clock.Advance(Life * (2.0 / 3 - 0.051));
        Assert.Equal(0, state.Renewals);
        clock.Advance(Life * 0.102);
        await UntilAsync(() => channel.Enrolment != first, TimeSpan.Zero);

        // Its begin is when the silo was asked: not in the first step of the time.
        Assert.InRange(channel.Enrolment!.Validity().From, clock.GetUtcNow().AddSeconds(-1), clock.GetUtcNow());
        Assert.NotEqual(first.Key, channel.Enrolment.Key);
        Assert.Equal(2, Enrolment.ToCollection(channel.Enrolment.Roots).Count);
        Assert.Equal(channel.Enrolment, Enrolment.Read(folder));
        // And on: the next one after as long again.
        var second = channel.Enrolment;
        clock.Advance(Life * (2.0 / 3 - 0.051));
        Assert.Equal(1, state.Renewals);
        clock.Advance(Life * 0.102);
        // In small steps: perhaps it begins to wait only now, and the time goes on while it asks.
        await UntilAsync(() => channel.Enrolment != second, TimeSpan.FromSeconds(1));
        Assert.Equal(2, state.Renewals);
        await stop.CancelAsync();
        await run;
    }

    /// <summary>As of a machine that slept: its waits did not go on.</summary>
    [Fact]
    public async Task Run_WallClockJumpsOverTheTimeToRenew_RenewsWithinMinutes()
    {
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var first = channel.Enrolment!;
        var run = RunAsync(folder, channel, out var stop, out _);

        clock.Step(Life * 0.8);
        clock.Advance(TimeSpan.FromMinutes(30));
        // The time stands still while it asks, however long that takes.
        await UntilAsync(() => channel.Enrolment != first, TimeSpan.Zero);

        Assert.Equal(1, state.Renewals);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Run_SiloIsAway_AsksAgainAndNamesTheExpiryOnce()
    {
        state.Renew = _ => throw new RpcException(new Status(StatusCode.Unavailable, "away"));
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var first = channel.Enrolment!;
        var run = RunAsync(folder, channel, out var stop, out var log);

        await UntilAsync(() => clock.GetUtcNow() > first.Validity().To.AddHours(1) && state.Renewals > 5 && log.Entries.Any(entry => entry.Level == LogLevel.Error));
        var expired = Assert.Single(log.Entries, entry => entry.Level == LogLevel.Error);
        Assert.Contains("CertificateExpired", expired.Message, StringComparison.Ordinal);
        Assert.Contains("fleetprof agent join", expired.Message, StringComparison.Ordinal);
        Assert.Contains("--state-folder /var/lib/fleetprof-agent", expired.Message, StringComparison.Ordinal);

        state.Renew = request => Reply(request.SigningRequest);
        await UntilAsync(() => channel.Enrolment != first);
        Assert.All(log.Entries, entry => Assert.DoesNotContain("PRIVATE", entry.Message, StringComparison.Ordinal));
        await stop.CancelAsync();
        await run;
    }

    [Theory]
    [InlineData("another agent")]
    [InlineData("another key")]
    [InlineData("not trusted")]
    [InlineData("this host's clock says")]
    public async Task Run_AnswerThatIsNotForThisAgent_IsNotTaken(string wrong)
    {
        using var stranger = new TestAuthority(clock.GetUtcNow());
        state.Renew = request =>
        {
            using var foreign = HostKey.Create();
            var reply = Reply(wrong == "another key" ? foreign.SigningRequest() : request.SigningRequest, wrong == "not trusted" ? stranger : authority, wrong.Contains("clock", StringComparison.Ordinal) ? TimeSpan.FromHours(1) : default);
            reply.AgentId = wrong == "another agent" ? "01KB9999999999999999999999" : Id;
            return reply;
        };
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var first = channel.Enrolment!;
        var run = RunAsync(folder, channel, out var stop, out var log);

        // The time stands still then: a begin that lies ahead must do so still when the answer is looked at.
        clock.Advance(Life * 0.75);
        await UntilAsync(() => log.Entries.Any(entry => entry.Level == LogLevel.Warning), TimeSpan.Zero);

        Assert.Contains(wrong, log.Entries[0].Message, StringComparison.Ordinal);
        Assert.Equal(first, channel.Enrolment);
        await stop.CancelAsync();
        await run;
    }

    /// <summary>The silo dates certificates by its own clock: by one here that is 18 hours ahead each new one is due at once.</summary>
    [Fact]
    public async Task Run_ClockIsFarAheadOfTheSilos_WaitsBetweenRenewalsAndSaysSoOnce()
    {
        state.Renew = request => Reply(request.SigningRequest, ahead: TimeSpan.FromHours(-18));
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var run = RunAsync(folder, channel, out var stop, out var log);

        clock.Advance(Life * 0.75);
        var began = clock.GetUtcNow();
        await UntilAsync(() => state.Renewals > 1 || log.Entries.Any(entry => entry.Level == LogLevel.Warning), TimeSpan.Zero);
        Assert.Equal(1, state.Renewals);

        await UntilAsync(() => state.Renewals > 2);
        Assert.True(clock.GetUtcNow() - began >= Life * 0.19, $"{clock.GetUtcNow() - began}");
        Assert.Contains("clock", Assert.Single(log.Entries, entry => entry.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Run_StoppedWhileARenewalIsUnderWay_EndsWithoutAnError()
    {
        using var gate = new ManualResetEventSlim();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        state.Renew = request =>
        {
            asked.TrySetResult();
            gate.Wait(TimeSpan.FromSeconds(60));
            return Reply(request.SigningRequest);
        };
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var run = RunAsync(folder, channel, out var stop, out _);
        await UntilAsync(() => asked.Task.IsCompleted);

        await stop.CancelAsync();

        await run.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        gate.Set();
    }

    [Fact]
    public async Task CatchUp_AgentThatWasOff_RenewsBeforeItsFirstSession()
    {
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var first = channel.Enrolment!;
        clock.Advance(TimeSpan.FromHours(30));

        await new CertificateRenewal(channel, folder, clock, new Random(1), new KeptLog<CertificateRenewal>()).CatchUpAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(first, channel.Enrolment);
    }

    /// <summary>A silo that was away for longer than what was left of the certificate: the session after it must not come with the ended one.</summary>
    [Theory]
    [InlineData(23, false)]
    [InlineData(30, true)]
    public async Task RenewEnded_BeforeASession_RenewsWhatHasEndedOnly(int hours, bool isRenewed)
    {
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        var first = channel.Enrolment!;
        clock.Advance(TimeSpan.FromHours(hours));

        await new CertificateRenewal(channel, folder, clock, new Random(1), new KeptLog<CertificateRenewal>()).RenewEndedAsync(TestContext.Current.CancellationToken);

        Assert.Equal(isRenewed, first != channel.Enrolment);
    }

    /// <summary>As when many come back at once: a session in spite of that would take another place, or come with what has ended and be refused.</summary>
    [Fact]
    public async Task RenewEnded_SiloHasNoRoom_SaysWhenToReturn()
    {
        var token = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var folder = new StateFolder(path);
        using var channel = ChannelTo($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        clock.Advance(TimeSpan.FromHours(30));

        var renewing = new CertificateRenewal(channel, folder, clock, new Random(1), new KeptLog<CertificateRenewal>()).RenewEndedAsync(token);
        using (var peer = await listener.AcceptTcpClientAsync(token))
        {
            Assert.True(await peer.GetStream().ReadAsync(new byte[4_096], token) > 0);
            await peer.GetStream().WriteAsync((byte[])[21, 3, 3, 0, 2, 2, 80, .. "return-after-ms=41250\n"u8], token);
        }

        Assert.Equal(TimeSpan.FromMilliseconds(41_250), (await renewing)?.ReturnAfter);
    }

    /// <summary>As the agent begins: both find the same certificate due, and neither has an answer yet.</summary>
    [Fact]
    public async Task CatchUp_BesideRun_RenewsOnce()
    {
        await using var silo = await EnrolmentSilo.StartAsync(state, null);
        using var folder = new StateFolder(path);
        using var channel = ChannelTo(silo);
        using var stop = new CancellationTokenSource();
        using var asked = new SemaphoreSlim(0);
        using var answering = new ManualResetEventSlim();
        state.Renew = request =>
        {
            asked.Release();
            answering.Wait(TimeSpan.FromMinutes(1));
            return Reply(request.SigningRequest);
        };
        clock.Advance(TimeSpan.FromHours(30));
        var renewal = new CertificateRenewal(channel, folder, clock, new Random(1), new KeptLog<CertificateRenewal>());

        var caughtUp = renewal.CatchUpAsync(stop.Token);
        var run = renewal.RunAsync(stop.Token);
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        answering.Set();
        await caughtUp;
        await stop.CancelAsync();
        await run;

        Assert.Equal(1, state.Renewals);
        Assert.Equal(channel.Enrolment, Enrolment.Read(folder));
    }

    private Task RunAsync(StateFolder folder, SiloChannel channel, out CancellationTokenSource stop, out KeptLog<CertificateRenewal> log)
    {
        log = new KeptLog<CertificateRenewal>();
        stop = new CancellationTokenSource();
        return new CertificateRenewal(channel, folder, clock, new Random(1), log).RunAsync(stop.Token);
    }

    private SiloChannel ChannelTo(EnrolmentSilo silo) => ChannelTo(silo.Address);

    private SiloChannel ChannelTo(string address)
    {
        using var key = HostKey.Create();
        var roots = authority.Root.ExportCertificatePem();
        return new SiloChannel(new AgentOptions { Silo = address }, key.Accept(Reply(key.SigningRequest()), address, roots, clock.GetUtcNow()));
    }

    private EnrolReply Reply(ByteString signingRequest, TestAuthority? by = null, TimeSpan ahead = default) => new()
    {
        State = EnrolReply.Types.State.Issued,
        AgentId = Id,
        Certificate = ByteString.CopyFrom((by ?? authority).SignClient(signingRequest.Span, clock.GetUtcNow() + ahead, Life)),
        Roots = { ByteString.CopyFrom(authority.Root.RawData), ByteString.CopyFrom(next.Root.RawData) },
    };

    /// <summary>The one driver of the time: on by a step, until it is so.</summary>
    private async Task UntilAsync(Func<bool> isTrue, TimeSpan? step = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!isTrue())
        {
            clock.Advance(step ?? TimeSpan.FromMinutes(1));
            await Task.Delay(1, limit.Token);
        }
    }
}
