using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>
/// The files of the authority, readable by the silo's user only. roots/ and issuers/ hold certificates (PEM), named by their hash; keys lie
/// beside them as .key; "current" names the issuer that signs and "next" the root that waits. Several silos share one folder.
/// A root's key may be taken away: then nothing but new issuers and roots is impossible.
/// </summary>
/// <param name="path">Made when it is claimed.</param>
/// <param name="clock">By which other silos are waited for; null: the machine's.</param>
internal sealed class AuthorityFolder(string path, TimeProvider? clock = null)
{
    /// <summary>Who holds it writes a few small files, on a slow network at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // EAGAIN of Linux and of others, ERROR_SHARING_VIOLATION.
    private const int Held = 11;
    private const int HeldElsewhere = 35;
    private const int HeldOnWindows = unchecked((int)0x80070020);
    private const string Roots = "roots";
    private const string Issuers = "issuers";
    private const string Current = "current";
    private const string Next = "next";

    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    public string Path => path;

    /// <summary>Whether there is an authority, usable or not.</summary>
    public bool Exists => File.Exists(PathOf(Current));

    /// <summary>Grows with every change that another silo could have made.</summary>
    public DateTime ChangedAt => new[] { path, PathOf(Roots), PathOf(Issuers) }.Max(Directory.GetLastWriteTimeUtc);

    /// <summary>Where a silo of these settings has its authority.</summary>
    public static AuthorityFolder Of(EnrolmentOptions options, SiloOptions silo) => new(options.AuthorityFolder ?? System.IO.Path.Combine(silo.DataFolder, "authority"));

    /// <summary>One at a time, among all silos that share the folder: several that start together wait for each other.</summary>
    /// <exception cref="IOException">It cannot be made, is another user's, or another silo holds it for too long; the message says the next step.</exception>
    public IDisposable Claim()
    {
        try
        {
            PrivateFolder.Create(path);
            PrivateFolder.Create(PathOf(Roots));
            PrivateFolder.Create(PathOf(Issuers));
            return Hold();
        }
        catch (UnauthorizedAccessException denied)
        {
            throw OfAnother(denied);
        }
    }

    /// <summary>Null when there is no authority yet.</summary>
    /// <exception cref="IOException">It is there, and cannot be used; the message says why.</exception>
    public AuthorityKeys? Read()
    {
        if (!Exists)
        {
            return null;
        }

        try
        {
            var issuerName = File.ReadAllText(PathOf(Current)).Trim();
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(KeyOf(Issuers, issuerName)));
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(CertificateOf(Issuers, issuerName));
            var roots = All(Roots);
            var root = roots.FirstOrDefault(candidate => IsSignedBy(certificate, candidate))
                ?? throw new CryptographicException("the root of the issuer is not among the trusted ones");
            var next = File.Exists(PathOf(Next)) ? roots.FirstOrDefault(candidate => NameOf(candidate) == File.ReadAllText(PathOf(Next)).Trim()) : null;
            return new AuthorityKeys
            {
                Root = root,
                Issuer = certificate.CopyWithPrivateKey(key),
                Roots = [root, .. roots.Where(other => other != root)],
                Issuers = All(Issuers),
                NextRoot = next,
                NextRootAt = next is null ? default : File.GetLastWriteTimeUtc(PathOf(Next)),
            };
        }
        catch (UnauthorizedAccessException denied)
        {
            throw OfAnother(denied);
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or ArgumentException)
        {
            throw new IOException($"The certificate authority in {path} cannot be used: {exception.Message} Restore the folder from a backup; without it every agent must join again.", exception);
        }
    }

    /// <summary>Null when its key is not here.</summary>
    public X509Certificate2? WithKey(X509Certificate2 root)
    {
        var file = KeyOf(Roots, NameOf(root));
        if (!File.Exists(file))
        {
            return null;
        }

        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        return root.CopyWithPrivateKey(key);
    }

    /// <summary>Whether <see cref="WithKey"/> finds one.</summary>
    public bool HasKey(X509Certificate2 root) => File.Exists(KeyOf(Roots, NameOf(root)));

    public void AddRoot(X509Certificate2 root) => Add(Roots, root);

    public void AddIssuer(X509Certificate2 issuer) => Add(Issuers, issuer);

    /// <summary>It signs from now on, and the keys of those before are gone.</summary>
    public void Use(X509Certificate2 issuer)
    {
        Write(PathOf(Current), NameOf(issuer));
        foreach (var old in Directory.GetFiles(PathOf(Issuers), "*.key").Where(file => file != KeyOf(Issuers, NameOf(issuer))))
        {
            File.Delete(old);
        }
    }

    /// <summary>Null: none waits any more.</summary>
    public void Await(X509Certificate2? root, DateTimeOffset now)
    {
        if (root is null)
        {
            File.Delete(PathOf(Next));
            return;
        }

        Write(PathOf(Next), NameOf(root));
        File.SetLastWriteTimeUtc(PathOf(Next), now.UtcDateTime);
    }

    /// <summary>The root is not trusted any more; its key goes too.</summary>
    public void RemoveRoot(X509Certificate2 root)
    {
        File.Delete(CertificateOf(Roots, NameOf(root)));
        File.Delete(KeyOf(Roots, NameOf(root)));
    }

    private static bool IsSignedBy(X509Certificate2 issuer, X509Certificate2 root) =>
        issuer.IssuerName.RawData.AsSpan().SequenceEqual(root.SubjectName.RawData);

    private static string NameOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256)[..16].ToLowerInvariant();

    private static FileStreamOptions Private(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private FileStream Hold()
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(PathOf("lock"), Private(FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException held) when (held.HResult is Held or HeldElsewhere or HeldOnWindows)
            {
                if (clock.GetElapsedTime(began) >= Patience)
                {
                    throw new IOException($"The certificate authority in {path} has been held by another silo for {Patience.TotalSeconds:0} s. Look whether one hangs there, end it and start again.", held);
                }
            }

            Task.Delay(Pause, clock).GetAwaiter().GetResult();
        }
    }

    /// <summary>Such as what `fleetprof ca cluster` makes there when root runs it.</summary>
    private IOException OfAnother(UnauthorizedAccessException denied) => new(
        $"The certificate authority in {path} must belong to the silo's user, and {Environment.UserName} may not use all of it: {denied.Message} "
        + $"If {Environment.UserName} is that user, run as root: chown -R {Environment.UserName}: {path}", denied);

    private List<X509Certificate2> All(string kind) =>
        [.. Directory.GetFiles(PathOf(kind), "*.crt").Order(StringComparer.Ordinal).Select(X509CertificateLoader.LoadCertificateFromFile)];

    /// <summary>The key first: a certificate without one would be used.</summary>
    private void Add(string kind, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        Write(KeyOf(kind, NameOf(certificate)), key.ExportPkcs8PrivateKeyPem());
        Write(CertificateOf(kind, NameOf(certificate)), certificate.ExportCertificatePem());
    }

    /// <summary>Replaces the file as a whole; durable when it returns.</summary>
    public static void Write(string file, string text)
    {
        var temporary = $"{file}.new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, Private(FileMode.CreateNew, FileShare.None)))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        DurableFile.Move(temporary, file);
    }

    private string PathOf(string name) => System.IO.Path.Combine(path, name);

    private string CertificateOf(string kind, string name) => System.IO.Path.Combine(path, kind, $"{name}.crt");

    private string KeyOf(string kind, string name) => System.IO.Path.Combine(path, kind, $"{name}.key");
}
