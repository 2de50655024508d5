using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Grpc.Core;

namespace FleetProf.Agent.Access;

/// <summary>Why a call did not get through TLS, for an operator.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Text">Sentences that say so, and what to do. May name the time: what was said once is recognised by <paramref name="Fault"/>.</param>
internal sealed record HandshakeProblem(HandshakeFault Fault, string Text)
{
    /// <summary>Null when the call failed of something else.</summary>
    /// <param name="error">Of a call over TLS that got no answer.</param>
    /// <param name="enrolment">What this host showed; null when it has not joined.</param>
    /// <param name="time">This host's clock.</param>
    public static HandshakeProblem? Of(RpcException error, Enrolment? enrolment, TimeProvider time)
    {
        var causes = CausesOf(error).ToList();
        if (causes.OfType<UntrustedSiloException>().FirstOrDefault() is { } untrusted) return new(untrusted.Fault, untrusted.Message);
        var isBrokenOff = causes.Any(IsOfTheConnection) && !causes.Any(IsUnreachable);
        return isBrokenOff ? new(HandshakeFault.Refused, enrolment is null ? OfAHost(causes[^1]) : OfAnAgent(causes[^1], enrolment, time.GetUtcNow())) : null;
    }

    private static IEnumerable<Exception> CausesOf(RpcException error)
    {
        for (Exception? cause = error.Status.DebugException ?? error.InnerException; cause is not null; cause = cause.InnerException) yield return cause;
    }

    /// <summary>In TLS 1.3 the silo looks at the agent's certificate when the agent is through already: a refusal comes in place of the first answer, to a read or a write, as an alert or an end.</summary>
    private static bool IsOfTheConnection(Exception cause) => cause is AuthenticationException or CryptographicException or IOException or SocketException or HttpRequestException;

    /// <summary>Nobody answered there, so that nobody refused either.</summary>
    private static bool IsUnreachable(Exception cause) => cause is OperationCanceledException
        or SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown) };

    private static string OfAHost(Exception cause) =>
        $"The silo broke off the TLS handshake ({cause.Message}). Check that the address is that of its enrolment port, 7444 unless it was told another. Where many hosts join at once it turns some away: try again in a minute.";

    private static string OfAnAgent(Exception cause, Enrolment enrolment, DateTimeOffset now)
    {
        var (from, to) = enrolment.Validity();
        return $"The silo broke off the connection before its first answer ({cause.Message}). If this lasts, it refuses this agent's certificate, which is valid from {from.UtcDateTime:u} to {to.UtcDateTime:u}, while this host's clock says {now.UtcDateTime:u}: "
            + "compare the clocks of this host and of the silo, and set the wrong one. If both are right, the certificate is of another authority than the silo's, or it ended longer ago than it may be renewed: "
            + RejoinAdvice.Text + ". The silo's log names the reason.";
    }
}
