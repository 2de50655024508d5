using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FleetProf.Portal.Hosting;

/// <summary>
/// The certificate that browsers see, with those between it and its root, from two PEM files that are read again while the portal runs. Kestrel reads
/// them once, when it begins to listen: alone it would show the old one until the portal is restarted.
/// </summary>
/// <param name="certificatePath">The certificate, then its issuers.</param>
/// <param name="keyPath">Its private key.</param>
/// <param name="password">Of the key; null when it has none.</param>
/// <param name="clock">Says when to look again.</param>
/// <param name="log">Told of each change, and once of each reason why the files cannot be used.</param>
internal sealed partial class PortalCertificate(string certificatePath, string keyPath, string? password, TimeProvider clock, ILogger<PortalCertificate> log)
{
    /// <summary>Between two looks at the files, which a handshake makes.</summary>
    public static readonly TimeSpan LooksEvery = TimeSpan.FromMinutes(1);

    private const string Section = "Kestrel:Certificates:Default";

    private readonly Lock _gate = new();
    private byte[] _seen = [];
    private string? _problem;
    private long? _lookedAt;

    // Those before are left to the garbage collector: a connection may be using them.
    private volatile SslStreamCertificateContext? _context;

    /// <summary>Lets the handshakes of all https listeners show the certificate of Kestrel:Certificates:Default as its files have it by then.</summary>
    public static void Follow(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        // Endpoints of Kestrel's own section may have certificates of their own. Windows takes no key that is in memory only.
        if (configuration[$"{Section}:Path"] is not { } path || configuration[$"{Section}:KeyPath"] is not { } key
            || configuration.GetSection("Kestrel:Endpoints").Exists() || OperatingSystem.IsWindows())
        {
            return;
        }

        var services = kestrel.ApplicationServices;
        // As Kestrel takes a relative one.
        var folder = services.GetRequiredService<IHostEnvironment>().ContentRootPath;
        var certificate = new PortalCertificate(
            Path.Combine(folder, path),
            Path.Combine(folder, key),
            configuration[$"{Section}:Password"],
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<PortalCertificate>>());
        kestrel.ConfigureHttpsDefaults(https => https.OnAuthenticate = (_, tls) => tls.ServerCertificateContext = certificate.Current() ?? tls.ServerCertificateContext);
    }

    /// <summary>The newest that could be used; null when none could since the start, where Kestrel's stays.</summary>
    public SslStreamCertificateContext? Current()
    {
        // While one handshake reads, others go on with what there is.
        if (_gate.TryEnter())
        {
            try
            {
                if (_lookedAt is not { } at || clock.GetElapsedTime(at) >= LooksEvery)
                {
                    Look();
                    _lookedAt = clock.GetTimestamp();
                }
            }
            finally
            {
                _gate.Exit();
            }
        }

        return _context;
    }

    private void Look()
    {
        try
        {
            // By their content: a secret of Kubernetes is a link, whose time never changes.
            var (certificates, key) = (File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
            var seen = SHA256.HashData(Encoding.UTF8.GetBytes(certificates + key));
            if (!seen.AsSpan().SequenceEqual(_seen))
            {
                var isFirst = _context is null;
                _context = Read(certificates, key);
                _seen = seen;
                if (!isFirst)
                {
                    LogTaken(certificatePath, _context.TargetCertificate.NotAfter.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture));
                }
            }

            _problem = null;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // Perhaps one of the two was replaced, and the other is about to be.
            if (_problem != unusable.Message)
            {
                _problem = unusable.Message;
                LogUnusable(certificatePath, keyPath, unusable.Message);
            }
        }
    }

    private SslStreamCertificateContext Read(string certificates, string key)
    {
        var own = password is null ? X509Certificate2.CreateFromPem(certificates, key) : X509Certificate2.CreateFromEncryptedPem(certificates, key, password);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        // Offline: a handshake waits for nothing that the files lack.
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    [LoggerMessage(25, LogLevel.Information, "The certificate in {Path} was replaced; connections see the new one, which ends at {End}")]
    private partial void LogTaken(string path, string end);

    [LoggerMessage(26, LogLevel.Warning, "The certificate in {Path} with the key in {KeyPath} cannot be used, so connections go on with the one before: {Problem}")]
    private partial void LogUnusable(string path, string keyPath, string problem);
}
