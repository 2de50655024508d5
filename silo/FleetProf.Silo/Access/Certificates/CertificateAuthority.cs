using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>
/// Signs certificates of agents and of this silo, and says which client certificates are an agent's. Its files are made by the first start.
/// A change of the root has three steps, each a call of <see cref="Rotate"/>: trust a new one, sign with it, forget the old ones.
/// </summary>
internal sealed class CertificateAuthority
{
    /// <summary>An issuer that ends within this is replaced while its root's key is here.</summary>
    public static readonly TimeSpan IssuerReserve = TimeSpan.FromDays(90);

    /// <summary>Not more often for its end: two silos whose clocks are months apart would replace each other's issuer at every look.</summary>
    private static readonly TimeSpan IssuerRest = TimeSpan.FromHours(1);

    private readonly AuthorityFolder folder;
    private readonly EnrolmentOptions options;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private DateTime readAt;
    private long? replacedAt;

    public CertificateAuthority(IOptions<EnrolmentOptions> options, IOptions<SiloOptions> silo, TimeProvider clock)
    {
        (this.options, this.clock) = (options.Value, clock);
        folder = AuthorityFolder.Of(options.Value, silo.Value);
        using var claim = folder.Claim();
        Keys = folder.Read() ?? Create();
        readAt = folder.ChangedAt;
    }

    public AuthorityKeys Keys { get; private set; }

    public string Folder => folder.Path;

    /// <summary>Without it an issuer cannot be replaced; it may have been taken away.</summary>
    public bool HasRootKey => folder.HasKey(Keys.Root);

    /// <summary>After so long every agent that lives has renewed, and knows what renewals tell.</summary>
    public TimeSpan Spread => options.CertificateLife + options.RenewalGrace;

    /// <summary>So long after its end a certificate may still be renewed.</summary>
    public TimeSpan RenewalGrace => options.RenewalGrace;

    /// <summary>For the id and nothing else, whatever its request asked for.</summary>
    public IssuedCertificate Issue(string agentId, PublicKey key)
    {
        var keys = Keys;
        using var certificate = CertificateForms.Agent(keys.Issuer, key, agentId, clock.GetUtcNow(), options.CertificateLife);
        return new IssuedCertificate(certificate.RawData, [keys.Issuer.RawData], certificate.SerialNumber, certificate.NotAfter);
    }

    /// <summary>With a private key that is nowhere else.</summary>
    public X509Certificate2 IssueServer(TimeSpan life) => CertificateForms.Server(Keys.Issuer, options.HostNames(), clock.GetUtcNow(), life);

    /// <summary>With a private key that is nowhere else, for a silo or a portal among themselves.</summary>
    public X509Certificate2 IssueCluster(ClusterName name, TimeSpan life) => CertificateForms.Cluster(Keys.Issuer, name, clock.GetUtcNow(), life);

    /// <summary>
    /// Whose certificate it is. The reason is Expired when everything else is right, and None when all is. Within five minutes
    /// around its validity the difference of two clocks is forgiven.
    /// </summary>
    /// <param name="certificate">Null: none was shown.</param>
    /// <param name="isChained">It was found to lead to a trusted root a moment ago, by <see cref="PolicyAt"/> of now.</param>
    public (AgentCertificate? Certificate, AccessReason Reason) Examine(X509Certificate2? certificate, bool isChained = false)
    {
        if (certificate is null)
        {
            return (null, AccessReason.NoCertificate);
        }

        var now = clock.GetUtcNow();
        var (from, to) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        if (now < from - CertificateForms.ClockSkew)
        {
            return (null, AccessReason.NotYetValid);
        }

        // In its last second it counts as over already.
        var last = to - TimeSpan.FromSeconds(1);
        if (!isChained && ChainProblem(certificate, now < from ? from : now > last ? last : now) is not AccessReason.None and var problem)
        {
            return (null, problem);
        }

        if (!IsForClientsOnly(certificate))
        {
            return (null, AccessReason.WrongUsage);
        }

        return AgentName.Of(certificate) is { } agentId
            ? (new AgentCertificate(agentId, certificate.SerialNumber, from + CertificateForms.ClockSkew, to), now > to + CertificateForms.ClockSkew ? AccessReason.Expired : AccessReason.None)
            : (null, AccessReason.NoIdentity);
    }

    /// <summary>Trusts our roots alone, looks nothing up on the network.</summary>
    public X509ChainPolicy PolicyAt(DateTimeOffset time, string usage)
    {
        var keys = Keys;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = time.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.CustomTrustStore.AddRange(keys.Roots.ToArray());
        policy.ExtraStore.AddRange(keys.Issuers.ToArray());
        policy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(usage));
        return policy;
    }

    /// <summary>
    /// Takes over what another silo changed in a shared folder, and replaces an issuer in time, or one that a clock which was far ahead has made. True when
    /// something changed. While the folder is away it makes nothing in its place, and the keys that are known stay.
    /// </summary>
    public bool Refresh()
    {
        lock (gate)
        {
            // Without the root's key there is nothing to be done about it; the key is put there for the occasion.
            if (!folder.Exists || (folder.ChangedAt == readAt && !(IsIssuerDue() && folder.WithKey(Keys.Root) is not null)))
            {
                return false;
            }

            using var claim = folder.Claim();
            Keys = folder.Read() ?? Keys;
            if (IsIssuerDue() && folder.WithKey(Keys.Root) is { } root)
            {
                Sign(root);
                replacedAt = clock.GetTimestamp();
            }

            readAt = folder.ChangedAt;
            return true;
        }
    }

    /// <summary>The next step of a change of the root; what was done and what is next.</summary>
    /// <exception cref="InvalidOperationException">It is too early for it, or the folder is away; the message says until when, or what to do.</exception>
    public string Rotate()
    {
        lock (gate)
        {
            if (!folder.Exists)
            {
                throw new InvalidOperationException($"There is no certificate authority in {folder.Path} any more. Mount its share, or put the folder back, and rotate again.");
            }

            using var claim = folder.Claim();
            Keys = folder.Read() ?? Keys;
            var said = Step();
            Keys = folder.Read()!;
            readAt = folder.ChangedAt;
            return said;
        }
    }

    /// <summary>It ends soon; or it begins later than what it would sign now, and the root does not, so that another would be better.</summary>
    private bool IsIssuerDue()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var begin = now - CertificateForms.ClockSkew;
        if (Keys.Issuer.NotBefore.ToUniversalTime() > begin)
        {
            return Keys.Root.NotBefore.ToUniversalTime() <= begin;
        }

        var hasRested = replacedAt is not { } at || clock.GetElapsedTime(at) >= IssuerRest;
        return hasRested && Keys.Issuer.NotAfter.ToUniversalTime() - now < IssuerReserve;
    }

    private AccessReason ChainProblem(X509Certificate2 certificate, DateTimeOffset at)
    {
        using var chain = new X509Chain { ChainPolicy = PolicyAt(at, CertificateForms.ClientUsage) };
        return chain.Build(certificate) ? AccessReason.None
            : chain.ChainStatus.Any(status => status.Status == X509ChainStatusFlags.NotValidForUsage) ? AccessReason.WrongUsage
            : AccessReason.UntrustedIssuer;
    }

    private string Step()
    {
        var now = clock.GetUtcNow();
        switch (Keys.NextStep)
        {
            case RootStep.Sign:
                var next = Keys.NextRoot!;
                Wait(Keys.NextRootAt + Spread, "not every agent knows the new root yet");
                Sign(folder.WithKey(next) ?? throw new InvalidOperationException($"The key of the new root is not in {folder.Path}. Put it back."));
                folder.Await(null, now);
                return $"Signing with the new root {AuthorityKeys.HashOf(next)} from now on. Rotate again after {now + Spread:u} to stop trusting the old one.";
            case RootStep.Forget:
                var old = Keys.Roots.Skip(1).ToList();
                Wait(Keys.Issuer.NotBefore.ToUniversalTime() + CertificateForms.Early + Spread, "certificates under the old root are still valid");
                old.ForEach(folder.RemoveRoot);
                return $"{old.Count} old root(s) are not trusted any more. The change is complete.";
            default:
                using (var root = CertificateForms.Root(now))
                {
                    folder.AddRoot(root);
                    folder.Await(root, now);
                    return $"Made the new root {AuthorityKeys.HashOf(root)}. Agents learn to trust it as they renew. Rotate again after {now + Spread:u} to sign with it.";
                }
        }

        void Wait(DateTimeOffset until, string why)
        {
            if (now < until)
            {
                throw new InvalidOperationException($"Too early: {why}. Rotate again after {until:u}.");
            }
        }
    }

    private AuthorityKeys Create()
    {
        using var root = CertificateForms.Root(clock.GetUtcNow());
        folder.AddRoot(root);
        using var issuer = CertificateForms.Issuer(root, clock.GetUtcNow());
        folder.AddIssuer(issuer);
        folder.Use(issuer);
        return folder.Read()!;
    }

    private void Sign(X509Certificate2 root)
    {
        using var issuer = CertificateForms.Issuer(root, clock.GetUtcNow());
        folder.AddIssuer(issuer);
        folder.Use(issuer);
        Keys = folder.Read()!;
    }

    /// <summary>A chain without any usage would be good for every one.</summary>
    private static bool IsForClientsOnly(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().ToList() is [var usage]
        && usage.EnhancedKeyUsages.Count == 1 && usage.EnhancedKeyUsages[0].Value == CertificateForms.ClientUsage
        && certificate.Extensions.OfType<X509BasicConstraintsExtension>().All(constraints => !constraints.CertificateAuthority);
}
