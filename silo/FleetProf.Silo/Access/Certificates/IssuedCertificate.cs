using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>What a host gets.</summary>
/// <param name="Certificate">DER.</param>
/// <param name="Chain">Certificates between it and a root, DER.</param>
/// <param name="Serial">Hex, as <see cref="X509Certificate2.SerialNumber"/> gives it.</param>
/// <param name="ExpiresAt">Its end.</param>
internal sealed record IssuedCertificate(byte[] Certificate, IReadOnlyList<byte[]> Chain, string Serial, DateTimeOffset ExpiresAt);
