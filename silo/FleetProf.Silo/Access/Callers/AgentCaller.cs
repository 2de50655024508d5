using FleetProf.Silo.Access.Certificates;
using Grpc.Core;

namespace FleetProf.Silo.Access.Callers;

/// <summary>The agent behind a call, by its certificate. May lose its right while the call lasts.</summary>
internal sealed class AgentCaller(AgentCertificate certificate, IReadOnlyDictionary<string, string> labels) : IDisposable
{
    private readonly CancellationTokenSource denying = new();
    private readonly Lock gate = new();
    private bool isDisposed;

    public string AgentId => certificate.AgentId;

    public string Serial => certificate.Serial;

    public DateTimeOffset ExpiresAt => certificate.ExpiresAt;

    /// <summary>Of its join token; they overrule what it says of itself.</summary>
    public IReadOnlyDictionary<string, string> Labels => labels;

    /// <summary>The one call that an expired certificate is good for.</summary>
    public bool IsRenewing { get; init; }

    /// <summary>Why it may not go on; None while it may.</summary>
    public AccessReason Denial { get; private set; }

    /// <summary>Cancelled once it is denied.</summary>
    public CancellationToken Denied => denying.Token;

    /// <summary>Null where agents have no certificates: on loopback without enrolment.</summary>
    /// <exception cref="RpcException">There is a certificate, and nobody looked at it.</exception>
    public static AgentCaller? Of(ServerCallContext context)
    {
        if (context.UserState.TryGetValue(typeof(AgentCaller), out var caller))
        {
            return (AgentCaller)caller;
        }

        return context.GetHttpContext().Connection.ClientCertificate is null ? null : throw Refusals.Of(AccessReason.NoCertificate);
    }

    /// <summary>The first reason counts; None is no denial.</summary>
    public void Deny(AccessReason reason)
    {
        lock (gate)
        {
            if (reason == AccessReason.None || Denial != AccessReason.None || isDisposed)
            {
                return;
            }

            Denial = reason;
            _ = denying.CancelAsync();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            denying.Dispose();
        }
    }
}
