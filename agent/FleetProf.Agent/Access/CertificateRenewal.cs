using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Access;

/// <summary>
/// Renews the certificate after two thirds of its life, each time with a new key, and takes over the roots that the silo trusts by then.
/// A silo that is away is asked again until it answers; what is left of the certificate's life bridges that time.
/// One certificate is renewed once: of two renewals of the same one the silo knows only the later, and takes who comes with the other for a copied folder.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing.
internal sealed partial class CertificateRenewal(SiloChannel channel, StateFolder folder, TimeProvider time, Random random, ILogger<CertificateRenewal> logger)
#pragma warning restore CA1001
{
    private const double Due = 2.0 / 3;
    private const double Jitter = 0.05;
    private const double RetryShare = 0.02;

    /// <summary>Less than what is left of a certificate when it is due.</summary>
    private const double RestShare = 0.1;
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>A machine that sleeps, or is set to another time, is soon noticed: waits go by the clock that does neither.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim turn = new(1);
    private bool hasToldExpiry;
    private bool hasToldClock;

    /// <summary>Renews for as long as the agent runs. Does nothing where it has not joined.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (channel.Enrolment is null) await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            while (true)
            {
                var due = channel.Enrolment!;
                await SleepUntilAsync(DueAt(due, (random.NextDouble() - 0.5) * 2 * Jitter), cancellationToken);
                while (!await TryAsync(due, cancellationToken)) await Task.Delay(RetryWait(), time, cancellationToken);
                await RestIfDueAgainAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Once, when it is due: an agent that was off for long comes to its first session with a certificate that is valid.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (channel.Enrolment is { } enrolment && time.GetUtcNow() >= DueAt(enrolment, 0)) await TryAsync(enrolment, cancellationToken);
    }

    /// <summary>
    /// Once, when the certificate has ended: after a host that slept, or a silo that was away for longer than what was left of it, a session with it would be
    /// refused, while the silo still renews it.
    /// </summary>
    /// <returns>
    /// Set where the silo had no room for the connection, and says when it has: a session at once would take another place, or come with what has ended. Null:
    /// go on, for whatever else is wrong the silo tells the session.
    /// </returns>
    public async Task<SessionEnd?> RenewEndedAsync(CancellationToken cancellationToken)
    {
        if (channel.Enrolment is not { } enrolment || time.GetUtcNow() < enrolment.Validity().To) return null;
        // What was said before has been waited for.
        channel.Notice.Take();
        if (await TryAsync(enrolment, cancellationToken) || channel.Notice.Take() is not { } wait) return null;
        return SessionEnd.NoRoom(channel.Address, wait);
    }

    /// <summary>When the certificate is to be renewed.</summary>
    /// <param name="enrolment">Has the certificate.</param>
    /// <param name="jitter">Share of its life that is added.</param>
    internal static DateTimeOffset DueAt(Enrolment enrolment, double jitter)
    {
        var (from, to) = enrolment.Validity();
        return from + (to - from) * (Due + jitter);
    }

    /// <summary>
    /// The silo dates a certificate by its own clock: by one that is far ahead here the new one is due already, and so is each after it. Between two
    /// such there is a wait by the clock that nobody sets.
    /// </summary>
    private async Task RestIfDueAgainAsync(CancellationToken cancellationToken)
    {
        var renewed = channel.Enrolment!;
        var now = time.GetUtcNow();
        if (now < DueAt(renewed, -Jitter)) return;
        var (from, to) = renewed.Validity();
        if (!hasToldClock)
        {
            hasToldClock = true;
            LogClockAhead((now - from).TotalHours);
        }
        await Task.Delay((to - from) * RestShare, time, cancellationToken);
    }

    private TimeSpan RetryWait()
    {
        var (from, to) = channel.Enrolment!.Validity();
        var share = (to - from) * RetryShare;
        return (share < LongestRetry ? share : LongestRetry) * (0.5 + random.NextDouble() / 2);
    }

    private async Task SleepUntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        for (var left = due - time.GetUtcNow(); left > TimeSpan.Zero; left = due - time.GetUtcNow())
            await Task.Delay(left < LongestSleep ? left : LongestSleep, time, cancellationToken);
    }

    /// <summary>True when <paramref name="due"/> is not the agent's certificate any more.</summary>
    private async Task<bool> TryAsync(Enrolment due, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return channel.Enrolment != due || await RenewAsync(due, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> RenewAsync(Enrolment old, CancellationToken cancellationToken)
    {
        try
        {
            using var key = HostKey.Create();
            // Always real time: it is the network that is waited for.
            using var limit = new CancellationTokenSource(AnswerLimit);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var reply = await channel.Renewals.RenewAsync(new RenewRequest { SigningRequest = key.SigningRequest() }, cancellationToken: either.Token);
            if (reply.AgentId != old.AgentId) throw new InvalidDataException("The silo renewed another agent's certificate.");
            var renewed = key.Accept(reply, old.Silo, old.Roots, time.GetUtcNow());
            renewed.Write(folder);
            channel.Adopt(renewed);
            hasToldExpiry = false;
            LogRenewed(renewed.Validity().To);
            return true;
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            // A call that is cancelled under way says so by its status.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error) when (error is RpcException or IOException or InvalidDataException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Tell(old, ReasonOf(error, old));
            return false;
        }
    }

    private string ReasonOf(Exception error, Enrolment shown) => error switch
    {
        RpcException failed when HandshakeProblem.Of(failed, shown, time) is { } problem => problem.Text,
        RpcException { Status.Detail: { Length: > 0 } detail } => detail,
        _ => error.Message,
    };

    private void Tell(Enrolment old, string reason)
    {
        var end = old.Validity().To;
        if (time.GetUtcNow() < end) LogNotRenewed(reason, end);
        else if (!hasToldExpiry)
        {
            hasToldExpiry = true;
            LogExpired(end, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The agent's certificate was renewed; it is valid until {End:u}")]
    private partial void LogRenewed(DateTimeOffset end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate that the silo gave just now begins {Hours:F0} h ago by this host's clock, which seems to be ahead: set the clock of this host or of the silo, whichever is wrong. Until then it is renewed more often than it need be")]
    private partial void LogClockAhead(double hours);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The agent's certificate could not be renewed: {Reason} It is valid until {End:u}; trying again")]
    private partial void LogNotRenewed(string reason, DateTimeOffset end);

    [LoggerMessage(Level = LogLevel.Error, Message = "CertificateExpired: the agent's certificate ended at {End:u} and could not be renewed: {Reason} If this lasts, join again: " + RejoinAdvice.Text)]
    private partial void LogExpired(DateTimeOffset end, string reason);
}
