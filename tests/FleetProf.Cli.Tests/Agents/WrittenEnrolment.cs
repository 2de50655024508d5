using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FleetProf.Cli.Agents;

namespace FleetProf.Cli.Tests.Agents;

/// <summary>An enrolment.json as the agent's program writes it, with a certificate that nobody issued.</summary>
internal static class WrittenEnrolment
{
    /// <summary>The content of the file.</summary>
    /// <param name="stateFolder">Must be there.</param>
    /// <param name="endsAt">End of the certificate, which was valid for a day.</param>
    /// <param name="grace">Null: the file does not say, as those of earlier agents.</param>
    public static string Write(string stateFolder, DateTimeOffset endsAt, TimeSpan? grace = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=fleetprof-agent", key, HashAlgorithmName.SHA256).CreateSelfSigned(endsAt.AddDays(-1), endsAt);
        var pem = certificate.ExportCertificatePem();
        var fields = new Dictionary<string, object>
        {
            ["AgentId"] = "01KB0000000000000000000001",
            ["Silo"] = "https://127.0.0.1:1",
            ["Key"] = key.ExportPkcs8PrivateKeyPem(),
            ["Certificate"] = pem,
            ["Chain"] = "",
            ["Roots"] = pem,
        };
        if (grace is { } time)
        {
            fields["RenewalGrace"] = time;
        }

        var content = JsonSerializer.Serialize(fields);
        File.WriteAllText(Path.Combine(stateFolder, JoinedHost.FileName), content);
        return content;
    }
}
