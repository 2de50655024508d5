using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Contracts.Access.Cluster;

/// <summary>Names of silos and portals, and how a certificate carries one: as its only subject alternative name, spiffe://fleetprof/cluster/ROLE/NAME.</summary>
/// <param name="Role">What it may do.</param>
/// <param name="Name">For people; nothing depends on it.</param>
public sealed record ClusterName(ClusterRole Role, string Name)
{
    private const string Prefix = "spiffe://fleetprof/cluster/";
    private const int LongestName = 64;

    public Uri Uri => new($"{Prefix}{Word(Role)}/{Name}");

    /// <summary>1 to 64 lower-case letters, digits, dots and hyphens.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '.' or '-');

    /// <summary>Null when it names neither a silo nor a portal, or anything besides.</summary>
    public static ClusterName? Of(X509Certificate2 certificate) => CertificateUri.After(Prefix, certificate) is { } name ? Parse(name.Split('/')) : null;

    public override string ToString() => $"{Word(Role)} {Name}";

    private static ClusterName? Parse(string[] parts)
    {
        foreach (var role in Enum.GetValues<ClusterRole>())
        {
            if (parts.Length == 2 && parts[0] == Word(role) && IsName(parts[1]))
            {
                return new ClusterName(role, parts[1]);
            }
        }

        return null;
    }

    private static string Word(ClusterRole role) => role == ClusterRole.Silo ? "silo" : "portal";
}
