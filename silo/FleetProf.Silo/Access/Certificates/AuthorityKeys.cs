using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>What the authority folder holds at one moment.</summary>
internal sealed record AuthorityKeys
{
    /// <summary>Signed the issuer.</summary>
    public required X509Certificate2 Root { get; init; }

    /// <summary>Signs certificates of agents and silos; with its private key.</summary>
    public required X509Certificate2 Issuer { get; init; }

    /// <summary>Every root that is trusted, <see cref="Root"/> first.</summary>
    public required IReadOnlyList<X509Certificate2> Roots { get; init; }

    /// <summary>Every issuer that signed what may still be valid.</summary>
    public required IReadOnlyList<X509Certificate2> Issuers { get; init; }

    /// <summary>Agents learn to trust it before anything is signed with it; null when none waits.</summary>
    public X509Certificate2? NextRoot { get; init; }

    /// <summary>When <see cref="NextRoot"/> was made.</summary>
    public DateTimeOffset NextRootAt { get; init; }

    /// <summary>What a change of the root does next: the new root's turn where one waits, else that of old ones, if any, to go.</summary>
    public RootStep NextStep => NextRoot is not null ? RootStep.Sign : Roots.Count > 1 ? RootStep.Forget : RootStep.Trust;

    /// <summary>"sha256:" and the SHA-256 of the certificate, hex.</summary>
    public static string HashOf(X509Certificate2 certificate) => $"sha256:{certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}";
}
