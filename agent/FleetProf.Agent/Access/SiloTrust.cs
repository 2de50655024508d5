using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Agent.Access;

/// <summary>TLS to a silo: its certificate must lead to a root that this host was told of, whatever the system trusts besides.</summary>
internal static class SiloTrust
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private const string AuthorityStep =
        "Run `fleetprof agent ca show` on the server: if it prints another hash than this host was given, " + RejoinAdvice.Text + "; if it prints the same, something else answers at this address.";

    /// <summary>Clocks of hosts differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>As an agent that has joined.</summary>
    public static SslClientAuthenticationOptions Of(Enrolment enrolment)
    {
        var options = Of(enrolment.Roots);
        options.ClientCertificateContext = SslStreamCertificateContext.Create(enrolment.Load(), Enrolment.ToCollection(enrolment.Chain), offline: true);
        return options;
    }

    /// <summary>As a host without a certificate.</summary>
    /// <param name="roots">PEM, one after the other.</param>
    public static SslClientAuthenticationOptions Of(string roots) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateChainPolicy = Policy(roots, "", ServerUsage),
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        // Nothing is trusted that would not be without this: it says what is wrong.
        RemoteCertificateValidationCallback = static (_, certificate, chain, errors) => errors == SslPolicyErrors.None ? true : throw Untrusted(certificate, chain, errors),
    };

    /// <summary>Null when the certificate leads to one of the roots, is for this usage and valid now; else what is wrong with it, and what to do.</summary>
    public static string? ProblemOf(X509Certificate2 certificate, string roots, string chain, string usage, DateTimeOffset now)
    {
        using var built = new X509Chain { ChainPolicy = Policy(roots, chain, usage) };
        var (from, to) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        built.ChainPolicy.VerificationTimeIgnored = false;
        // Whose it is, is asked first: who is no stranger has the wrong time at most.
        built.ChainPolicy.VerificationTime = (now < from ? from : now >= to ? to.AddSeconds(-1) : now).UtcDateTime;
        if (!built.Build(certificate)) return OutOfTime(built) is { } part ? ClockText("The silo gave a certificate that", part, now) : $"The silo gave a certificate of an authority that is not trusted here. {AuthorityStep}";
        return now < from - ClockSkew || now > to + ClockSkew ? ClockText("The silo gave a certificate that", certificate, now) : null;
    }

    private static UntrustedSiloException Untrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var part = chain is null ? null : OutOfTime(chain);
        if (part is null && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) || certificate is not X509Certificate2 shown)
            return new(HandshakeFault.OtherAuthority, $"The silo shows a certificate of an authority that is not trusted here. {AuthorityStep}");
        // TLS goes by the clock of the system, whatever another is injected elsewhere.
        if (part is not null) return new(HandshakeFault.Clock, ClockText("The silo shows a certificate that", part, TimeProvider.System.GetUtcNow()));
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())));
        return new(HandshakeFault.OtherName, $"The silo's certificate is for {string.Join(", ", names)}. Call it by one of these names, or set FleetProf:Enrolment:Names of the silo.");
    }

    /// <summary>The first certificate that is not valid at the chain's time, where nothing else is wrong with the chain. Null: something else is.</summary>
    private static X509Certificate2? OutOfTime(X509Chain chain) =>
        chain.ChainStatus.Length > 0 && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.NotTimeValid)
            ? chain.ChainElements.FirstOrDefault(element => element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid))?.Certificate
            : null;

    private static string ClockText(string what, X509Certificate2 certificate, DateTimeOffset now) =>
        $"{what} is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}, but this host's clock says {now.UtcDateTime:u}. Set the clock of this host, or that of the silo, whichever is wrong (timedatectl).";

    private static X509ChainPolicy Policy(string roots, string chain, string usage)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(Enrolment.ToCollection(roots));
        policy.ExtraStore.AddRange(Enrolment.ToCollection(chain));
        policy.ApplicationPolicy.Add(new Oid(usage));
        return policy;
    }
}
