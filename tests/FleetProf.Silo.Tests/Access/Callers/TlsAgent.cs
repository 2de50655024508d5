using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Silo.Tests.Access.Callers;

/// <summary>What a host has after joining.</summary>
internal sealed record TlsAgent(string AgentId, ECDsa Key, X509Certificate2 Certificate);
