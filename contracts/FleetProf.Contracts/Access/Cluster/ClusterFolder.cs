using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Contracts.Access.Cluster;

/// <summary>
/// The files by which one silo or portal shows who it is: cluster.crt (its certificate, then its issuer's), cluster.key, and roots.crt
/// with the roots it trusts; all PEM. They are read anew whenever they are needed, so that replacing them renews without a restart.
/// </summary>
/// <param name="Path">Of the folder.</param>
public sealed record ClusterFolder(string Path)
{
    public const string CertificateFile = "cluster.crt";
    public const string KeyFile = "cluster.key";
    public const string RootsFile = "roots.crt";

    private const string Mend = "Make the files with `fleetprof ca cluster` and copy them here.";

    /// <exception cref="IOException">A file is missing or unusable; the message says what to do.</exception>
    public ClusterCredential Read()
    {
        try
        {
            var chain = Load(CertificateFile);
            var roots = Load(RootsFile);
            if (chain.Count == 0 || roots.Count == 0)
            {
                throw new CryptographicException($"{(chain.Count == 0 ? CertificateFile : RootsFile)} holds no certificate.");
            }

            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(System.IO.Path.Combine(Path, KeyFile)));
            var own = chain[0].CopyWithPrivateKey(key);
            chain.RemoveAt(0);
            return new ClusterCredential(own, chain, roots);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new IOException($"{Path} holds no certificate for the cluster: {exception.Message} {Mend}", exception);
        }
    }

    /// <summary>What is wrong with the files whatever the time is, with the next step; null when they serve for this role.</summary>
    public string? ProblemFor(ClusterRole role)
    {
        try
        {
            using var credential = Read();
            return credential switch
            {
                _ when ClusterName.Of(credential.Own)?.Role != role => $"{Path} holds a certificate of {ClusterName.Of(credential.Own)?.ToString() ?? "no part of a cluster"}, which is no {role}. {Mend}",
                _ when credential.Validity() is null => $"The certificate in {Path} does not lead to a root in {RootsFile}. {Mend}",
                _ => null,
            };
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>
    /// That the certificate is not valid at this time, which may as well be a clock that is not set yet: it passes by itself. Null when it is, or when
    /// <see cref="ProblemFor"/> has something to say.
    /// </summary>
    public string? ClockProblemAt(DateTimeOffset now)
    {
        try
        {
            using var credential = Read();
            if (credential.Validity() is not { } valid || (now >= valid.From - ClusterCredential.ClockSkew && now < valid.To))
            {
                return null;
            }

            var (word, step) = now < valid.From ? ("yet", "Set this host's clock (`timedatectl`).") : ("any more", $"Set this host's clock where it is wrong (`timedatectl`). Where it is right: {Mend}");
            return $"The certificate in {Path} is valid from {valid.From.ToUniversalTime():u} to {valid.To.ToUniversalTime():u}, and by this host's clock it is {now.ToUniversalTime():u}: not valid {word}. {step}";
        }
        catch (IOException)
        {
            return null;
        }
    }

    private X509Certificate2Collection Load(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(System.IO.Path.Combine(Path, file));
        return certificates;
    }
}
