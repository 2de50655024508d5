using System.Security.Authentication;

namespace FleetProf.Agent.Access;

/// <summary>Ends a handshake with a silo whose certificate is not taken; the message says why and what to do.</summary>
internal sealed class UntrustedSiloException(HandshakeFault fault, string message) : AuthenticationException(message)
{
    public HandshakeFault Fault => fault;
}
