using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access.Cluster;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>Ids of agents, and how a certificate carries one: as its only subject alternative name, spiffe://fleetprof/agent/ID.</summary>
internal static class AgentName
{
    private const string Prefix = "spiffe://fleetprof/agent/";
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int IdChars = 26;
    private const int TimeChars = 10;

    /// <summary>48 bits of milliseconds, then 80 random bits, in base 32: ids sort by the time they were given.</summary>
    public static string Create(DateTimeOffset now)
    {
        Span<byte> random = stackalloc byte[IdChars - TimeChars];
        RandomNumberGenerator.Fill(random);
        Span<char> id = stackalloc char[IdChars];
        for (var i = 0; i < IdChars; i++)
        {
            id[i] = Alphabet[i < TimeChars ? (int)(now.ToUnixTimeMilliseconds() >> (5 * (TimeChars - 1 - i)) & 31) : random[i - TimeChars] & 31];
        }

        return new string(id);
    }

    public static bool IsId(string text) => text.Length == IdChars && text.All(Alphabet.Contains);

    public static Uri UriOf(string agentId) => new(Prefix + agentId);

    /// <summary>Null when it names no agent, or anything besides.</summary>
    public static string? Of(X509Certificate2 certificate) => CertificateUri.After(Prefix, certificate) is { } id && IsId(id) ? id : null;
}
