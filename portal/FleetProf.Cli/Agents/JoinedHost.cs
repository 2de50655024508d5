using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace FleetProf.Cli.Agents;

/// <summary>What the agent's program writes when it has joined, as far as it is asked here.</summary>
/// <param name="Certificate">PEM.</param>
/// <param name="RenewalGrace">So long after its end the silo still renews the certificate; null: the file does not say.</param>
internal sealed record JoinedHost(string? Certificate, TimeSpan? RenewalGrace)
{
    public const string FileName = "enrolment.json";

    /// <summary>The agent takes the same for a file that does not say.</summary>
    private static readonly TimeSpan UsualGrace = TimeSpan.FromDays(3);

    public static bool IsIn(string stateFolder) => File.Exists(Path.Combine(stateFolder, FileName));

    /// <summary>
    /// Whether the certificate ended longer ago than it may be renewed, so that only joining anew helps. Not so for a file that cannot be read: the agent
    /// says that when it starts, and an identity is not replaced for it.
    /// </summary>
    public static bool IsOver(string stateFolder, DateTimeOffset now)
    {
        try
        {
            var joined = JsonSerializer.Deserialize<JoinedHost>(File.ReadAllBytes(Path.Combine(stateFolder, FileName)));
            using var certificate = X509Certificate2.CreateFromPem(joined?.Certificate);
            return now > new DateTimeOffset(certificate.NotAfter) + (joined?.RenewalGrace ?? UsualGrace);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
