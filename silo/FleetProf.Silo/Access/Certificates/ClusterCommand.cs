using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>The verb `ca-cluster` of the silo's program, behind `fleetprof ca cluster`: makes the authority where there is none, its next issuer in time, and certificates of silos and portals.</summary>
internal static class ClusterCommand
{
    public const string Verb = "ca-cluster";
    private const int LongestDays = 365;
    private const string Section = "FleetProf:Ca";

    /// <summary>One folder per role and name below Out; exit code 0, or 1 with a message.</summary>
    public static int Run(IConfiguration configuration, TextWriter said, TextWriter problems)
    {
        var ca = configuration.GetSection(Section);
        var names = (ca["Names"] ?? Environment.MachineName).ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var days = int.TryParse(ca["Days"] ?? "90", CultureInfo.InvariantCulture, out var number) ? number : 0;
        if (ca["Out"] is not { Length: > 0 } target || ca["Authority"] is not { Length: > 0 } source || days is < 1 or > LongestDays || names.Any(name => !ClusterName.IsName(name)))
        {
            problems.WriteLine($"{Section} needs Authority and Out (folders), Days from 1 to {LongestDays}, and Names of small letters, digits, dots and hyphens.");
            return 1;
        }

        try
        {
            var authority = new CertificateAuthority(Options.Create(new EnrolmentOptions { AuthorityFolder = source }), Options.Create(new SiloOptions()), TimeProvider.System);
            var (issuer, life) = (authority.Keys.Issuer.SerialNumber, TimeSpan.FromDays(days));
            // Where no silo has this folder open, nobody else replaces its issuer.
            authority.Refresh();
            if (authority.Keys.Issuer.SerialNumber != issuer)
            {
                said.WriteLine($"{source}: a new issuer, under the same root");
            }

            var now = TimeProvider.System.GetUtcNow();
            if (ProblemOf(authority, source, now, life) is { } problem)
            {
                problems.WriteLine(problem);
                return 1;
            }

            var isShort = false;
            ClusterRole[] roles = Enum.TryParse<ClusterRole>(ca["Role"], ignoreCase: true, out var one) ? [one] : [ClusterRole.Silo, ClusterRole.Portal];
            foreach (var name in roles.SelectMany(role => names.Select(text => new ClusterName(role, text))))
            {
                var folder = names.Length == 1 ? Path.Combine(target, $"{name.Role}".ToLowerInvariant()) : Path.Combine(target, $"{name.Role}".ToLowerInvariant(), name.Name);
                var until = Write(authority, name, life, folder);
                said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {name}, until {until.ToUniversalTime():u}"));
                isShort |= new DateTimeOffset(until) < now + life - CertificateForms.ClockSkew;
            }

            if (isShort)
            {
                problems.WriteLine($"That is less than {days} days: these certificates end with the issuer of {source}. {NextStep(authority, source)}");
            }

            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            problems.WriteLine(exception.Message);
            return 1;
        }
    }

    /// <summary>Why the issuer can sign nothing now; null when it can.</summary>
    private static string? ProblemOf(CertificateAuthority authority, string source, DateTimeOffset now, TimeSpan life)
    {
        var (from, to) = (new DateTimeOffset(authority.Keys.Issuer.NotBefore), new DateTimeOffset(authority.Keys.Issuer.NotAfter));
        if (now < to && now + life > from)
        {
            return null;
        }

        var step = now < to ? "Set this host's clock (`timedatectl`)." : NextStep(authority, source);
        return string.Create(
            CultureInfo.InvariantCulture, $"The issuer of {source} is valid from {from.ToUniversalTime():u} to {to.ToUniversalTime():u}, and by this host's clock it is {now.ToUniversalTime():u}. {step}");
    }

    private static string NextStep(CertificateAuthority authority, string source) => authority.HasRootKey
        ? string.Create(CultureInfo.InvariantCulture, $"It is replaced in its last {CertificateAuthority.IssuerReserve.TotalDays:0} days: run this again then.")
        : $"It cannot be replaced, because the key of its root is not in {Path.Combine(source, "roots")}: put it back and run this again.";

    /// <summary>Each file is replaced as a whole, the key first: who reads between two of them fails once and tries again.</summary>
    private static DateTime Write(CertificateAuthority authority, ClusterName name, TimeSpan life, string folder)
    {
        PrivateFolder.Create(folder);
        using var certificate = authority.IssueCluster(name, life);
        using var key = certificate.GetECDsaPrivateKey()!;
        AuthorityFolder.Write(Path.Combine(folder, ClusterFolder.RootsFile), string.Join('\n', authority.Keys.Roots.Select(root => root.ExportCertificatePem())));
        AuthorityFolder.Write(Path.Combine(folder, ClusterFolder.KeyFile), key.ExportPkcs8PrivateKeyPem());
        AuthorityFolder.Write(Path.Combine(folder, ClusterFolder.CertificateFile), $"{certificate.ExportCertificatePem()}\n{authority.Keys.Issuer.ExportCertificatePem()}");
        return certificate.NotAfter;
    }
}
