using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>Reads signing requests of hosts. Names and extensions that they ask for are not even looked at.</summary>
internal static class SigningRequest
{
    private const string EllipticCurveKey = "1.2.840.10045.2.1";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int MostBytes = 8_192;

    /// <summary>The key, once the request proves that its sender has it.</summary>
    public static (PublicKey? Key, AccessReason Reason) Read(ReadOnlySpan<byte> request)
    {
        if (request.Length is 0 or > MostBytes)
        {
            return (null, AccessReason.RequestMalformed);
        }

        CertificateRequest read;
        try
        {
            // Its signature is checked here.
            read = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256, out var consumed);
            if (consumed != request.Length)
            {
                return (null, AccessReason.RequestMalformed);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException or ArgumentException)
        {
            return (null, IsReadable(request) ? AccessReason.RequestNotProven : AccessReason.RequestMalformed);
        }

        return IsP256(read.PublicKey) ? (read.PublicKey, AccessReason.None) : (null, AccessReason.RequestKeyUnsuitable);
    }

    /// <summary>SHA-256 of the key, hex.</summary>
    public static string HashOf(PublicKey key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private static bool IsP256(PublicKey key)
    {
        if (key.Oid.Value != EllipticCurveKey)
        {
            return false;
        }

        try
        {
            using var curve = key.GetECDsaPublicKey();
            return curve?.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid.Value: P256 };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsReadable(ReadOnlySpan<byte> request)
    {
        try
        {
            _ = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256, out _, CertificateRequestLoadOptions.SkipSignatureValidation);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }
}
