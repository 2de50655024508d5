using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Contracts.Access.Cluster;

/// <summary>The address that a certificate carries as its only subject alternative name (RFC 5280, section 4.2.1.6); agents, silos and portals are known by it.</summary>
public static class CertificateUri
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>What follows the prefix. Null when the certificate has no such address, or any other name besides.</summary>
    public static string? After(string prefix, X509Certificate2 certificate)
    {
        try
        {
            var extensions = certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAlternativeName).ToList();
            if (extensions.Count != 1)
            {
                return null;
            }

            var names = new AsnReader(extensions[0].RawData, AsnEncodingRules.DER).ReadSequence();
            var name = names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag);
            names.ThrowIfNotEmpty();
            return name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
