using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Certificates;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Certificates;

public sealed class CertificateAuthorityTests : IDisposable
{
    private const string Id = "01KB0000000000000000000000";
    private readonly AuthorityRig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public void Issue_RequestThatAsksForMore_TakesItsKeyAlone()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var hostile = new CertificateRequest("CN=admin, O=FleetProf", key, HashAlgorithmName.SHA256);
        hostile.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        hostile.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CertificateForms.ServerUsage)], true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://fleetprof/agent/01KB9999999999999999999999"));
        hostile.CertificateExtensions.Add(names.Build());
        var (read, reason) = SigningRequest.Read(hostile.CreateSigningRequest());
        Assert.Equal(AccessReason.None, reason);

        using var issued = X509CertificateLoader.LoadCertificate(rig.Authority.Issue(Id, read!).Certificate);

        Assert.Equal($"CN={Id}", issued.Subject);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), issued.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.False(issued.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(CertificateForms.ClientUsage, issued.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        Assert.Equal($"URI:spiffe://fleetprof/agent/{Id}", issued.Extensions.Single(extension => extension.Oid!.Value == "2.5.29.17").Format(false));
        Assert.Equal(TimeSpan.FromHours(24) + CertificateForms.ClockSkew, issued.NotAfter - issued.NotBefore);
        Assert.Equal((Id, AccessReason.None), Examine(issued));
    }

    [Fact]
    public void Read_UnsuitableRequests_AreRefusedWithTheirReason()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var wrongCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var good = AuthorityRig.Request(key);
        var forged = good.ToArray();
        forged[^1] ^= 1;

        Assert.Equal(AccessReason.RequestKeyUnsuitable, SigningRequest.Read(AuthorityRig.Request(wrongCurve)).Reason);
        Assert.Equal(AccessReason.RequestKeyUnsuitable, SigningRequest.Read(new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest()).Reason);
        Assert.Equal(AccessReason.RequestNotProven, SigningRequest.Read(forged).Reason);
        Assert.Equal(AccessReason.RequestMalformed, SigningRequest.Read([]).Reason);
        Assert.Equal(AccessReason.RequestMalformed, SigningRequest.Read([.. good, 0]).Reason);
        Assert.Equal(AccessReason.RequestMalformed, SigningRequest.Read(good.AsSpan(0, good.Length / 2)).Reason);
        Assert.Equal(AccessReason.RequestMalformed, SigningRequest.Read(new byte[10_000]).Reason);
    }

    [Fact]
    public void Examine_CertificatesOfOthers_AreRefused()
    {
        using var other = new AuthorityRig();
        using var foreign = other.Issue(Id);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Id}", key, HashAlgorithmName.SHA256);
        using var selfSigned = request.CreateSelfSigned(rig.Clock.GetUtcNow(), rig.Clock.GetUtcNow().AddHours(1));
        using var server = rig.Authority.IssueServer(TimeSpan.FromDays(1));
        using var agent = rig.Issue("01KB1111111111111111111111", key);
        using var signer = agent.CopyWithPrivateKey(key);
        using var below = Leaf(signer, client: true);

        Assert.Equal((null, AccessReason.NoCertificate), Examine(null));
        Assert.Equal((null, AccessReason.UntrustedIssuer), Examine(foreign));
        Assert.Equal((null, AccessReason.UntrustedIssuer), Examine(selfSigned));
        Assert.Equal((null, AccessReason.WrongUsage), Examine(server));
        // An agent cannot make agents.
        Assert.Equal(AccessReason.UntrustedIssuer, Examine(below).Reason);
    }

    [Fact]
    public void Examine_OwnIssuerButNoAgent_IsRefused()
    {
        using var withoutUsage = Leaf(rig.Authority.Keys.Issuer, client: false, $"spiffe://fleetprof/agent/{Id}");
        using var withoutName = Leaf(rig.Authority.Keys.Issuer, client: true);
        using var twoNames = Leaf(rig.Authority.Keys.Issuer, client: true, $"spiffe://fleetprof/agent/{Id}", "spiffe://fleetprof/agent/01KB1111111111111111111111");
        using var otherDomain = Leaf(rig.Authority.Keys.Issuer, client: true, $"spiffe://elsewhere/agent/{Id}");
        using var noId = Leaf(rig.Authority.Keys.Issuer, client: true, "spiffe://fleetprof/agent/admin");

        Assert.Equal((null, AccessReason.WrongUsage), Examine(withoutUsage));
        Assert.All([withoutName, twoNames, otherDomain, noId], certificate => Assert.Equal((null, AccessReason.NoIdentity), Examine(certificate)));
    }

    [Theory]
    [InlineData(-11, nameof(AccessReason.NotYetValid))]
    [InlineData(-9, nameof(AccessReason.None))]
    [InlineData(24 * 60 + 4, nameof(AccessReason.None))]
    [InlineData(24 * 60 + 6, nameof(AccessReason.Expired))]
    public void Examine_ClocksThatDiffer_ForgivesFiveMinutes(int minutes, string reason)
    {
        using var certificate = rig.Issue(Id);
        rig.Clock.AdjustTime(rig.Clock.GetUtcNow().AddMinutes(minutes));

        Assert.Equal(reason, Examine(certificate).Reason.ToString());
    }

    [Fact]
    public void Rotate_InThreeSteps_LosesNoAgentOnTheWay()
    {
        using var before = rig.Issue(Id);
        var oldRoot = AuthorityKeys.HashOf(rig.Authority.Keys.Root);

        Assert.Contains("Made the new root", rig.Authority.Rotate(), StringComparison.Ordinal);
        Assert.Equal(2, rig.Authority.Keys.Roots.Count);
        Assert.Equal(oldRoot, AuthorityKeys.HashOf(rig.Authority.Keys.Root));
        Assert.Throws<InvalidOperationException>(rig.Authority.Rotate);

        rig.Clock.Advance(rig.Authority.Spread);
        using var last = rig.Issue(Id);
        Assert.Contains("Signing with the new root", rig.Authority.Rotate(), StringComparison.Ordinal);
        Assert.NotEqual(oldRoot, AuthorityKeys.HashOf(rig.Authority.Keys.Root));
        using var first = rig.Issue(Id);
        Assert.Equal((Id, AccessReason.None), Examine(last));
        Assert.Equal((Id, AccessReason.None), Examine(first));
        Assert.Throws<InvalidOperationException>(rig.Authority.Rotate);

        // Whoever got a certificate just before may still renew it.
        rig.Clock.Advance(rig.Authority.Spread - TimeSpan.FromMinutes(1));
        Assert.Throws<InvalidOperationException>(rig.Authority.Rotate);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        using var now = rig.Issue(Id);
        Assert.Contains("not trusted any more", rig.Authority.Rotate(), StringComparison.Ordinal);
        Assert.Equal(AccessReason.UntrustedIssuer, Examine(last).Reason);
        Assert.Equal((Id, AccessReason.None), Examine(now));
        rig.Restart();
        Assert.Equal((Id, AccessReason.None), Examine(now));
        Assert.NotEqual(oldRoot, AuthorityKeys.HashOf(Assert.Single(rig.Authority.Keys.Roots)));
    }

    [Fact]
    public void Refresh_AfterAnotherSiloChangedTheFolder_TakesItOver()
    {
        var other = rig.Open();
        Assert.False(rig.Authority.Refresh());
        other.Rotate();

        Assert.True(rig.Authority.Refresh());

        Assert.Equal(2, rig.Authority.Keys.Roots.Count);
        Assert.False(rig.Authority.Refresh());
    }

    [Fact]
    public void Refresh_IssuerNearItsEnd_IsReplacedUnderTheSameRoot()
    {
        var (root, issuer) = (rig.Authority.Keys.Root, rig.Authority.Keys.Issuer);
        using var before = rig.Issue(Id);
        rig.Clock.Advance(TimeSpan.FromDays(300));

        Assert.True(rig.Authority.Refresh());

        Assert.NotEqual(issuer.SerialNumber, rig.Authority.Keys.Issuer.SerialNumber);
        Assert.Equal(root.Thumbprint, rig.Authority.Keys.Root.Thumbprint);
        using var after = rig.Issue(Id);
        Assert.Equal((Id, AccessReason.None), Examine(after));
    }

    /// <summary>As after a boot without a clock that is kept, before it is synchronised.</summary>
    [Fact]
    public void Refresh_AfterTheClockWasFarAhead_ReplacesTheIssuerOfThatTime()
    {
        var now = rig.Clock.GetUtcNow();
        var root = rig.Authority.Keys.Root;
        using var before = rig.Issue(Id);
        rig.Clock.AdjustTime(now.AddDays(300));
        Assert.True(rig.Authority.Refresh());
        rig.Clock.AdjustTime(now);

        Assert.True(rig.Authority.Refresh());

        using var after = rig.Issue(Id);
        using var server = rig.Authority.IssueServer(TimeSpan.FromDays(7));
        Assert.Equal((Id, AccessReason.None), Examine(before));
        Assert.Equal((Id, AccessReason.None), Examine(after));
        Assert.True(server.NotBefore.ToUniversalTime() <= now.UtcDateTime);
        Assert.Equal(root.Thumbprint, rig.Authority.Keys.Root.Thumbprint);
        Assert.False(rig.Authority.Refresh());
    }

    [Fact]
    public void Refresh_ClockBeforeTheRootsBeginning_SignsNothing()
    {
        var issuer = rig.Authority.Keys.Issuer.SerialNumber;
        rig.Clock.AdjustTime(rig.Clock.GetUtcNow().AddDays(-300));

        Assert.False(rig.Authority.Refresh());

        Assert.Equal(issuer, rig.Authority.Keys.Issuer.SerialNumber);
    }

    [Fact]
    public void Refresh_TwoSilosWithClocksFarApart_DoNotReplaceEachOthersIssuerAtEveryLook()
    {
        var ahead = rig.OpenAt(new FakeTimeProvider(rig.Clock.GetUtcNow().AddDays(300)));

        for (var look = 0; look < 5; look++)
        {
            ahead.Refresh();
            rig.Authority.Refresh();
        }

        // The first, one of the silo that is ahead and one that is good for both.
        Assert.InRange(Directory.GetFiles(Path.Combine(rig.Folder, "issuers"), "*.crt").Length, 2, 3);
        using var here = rig.Authority.IssueServer(TimeSpan.FromDays(7));
        using var there = ahead.IssueServer(TimeSpan.FromDays(7));
        Assert.NotEqual(here.SerialNumber, there.SerialNumber);
    }

    /// <summary>As where the share of it is not mounted any more: what is left is a bare folder, or none.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Refresh_FolderIsGone_MakesNothingThere(bool leavesAFolder)
    {
        var keys = rig.Authority.Keys;
        TakeAway(leavesAFolder);
        rig.Clock.Advance(TimeSpan.FromDays(300));

        Assert.False(rig.Authority.Refresh());

        Assert.Same(keys, rig.Authority.Keys);
        Assert.Equal(leavesAFolder, Directory.Exists(rig.Folder));
        Assert.Empty(leavesAFolder ? Directory.GetFileSystemEntries(rig.Folder) : []);
    }

    [Fact]
    public void Rotate_FolderIsGone_SaysSoAndMakesNothingThere()
    {
        var keys = rig.Authority.Keys;
        TakeAway(leavesAFolder: true);

        var refused = Assert.Throws<InvalidOperationException>(rig.Authority.Rotate);

        Assert.Contains($"no certificate authority in {rig.Folder} any more", refused.Message, StringComparison.Ordinal);
        Assert.Same(keys, rig.Authority.Keys);
        Assert.Empty(Directory.GetFileSystemEntries(rig.Folder));
    }

    [Fact]
    public void Files_OfTheAuthority_AreTheOwnersAlone()
    {
        var keys = Directory.GetFiles(rig.Folder, "*", SearchOption.AllDirectories);

        Assert.Equal(2, keys.Count(file => file.EndsWith(".key", StringComparison.Ordinal)));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in keys)
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(rig.Folder));
        }
    }

    [Fact]
    public void Open_DamagedKey_SaysWhatToRestore()
    {
        Directory.GetFiles(Path.Combine(rig.Folder, "issuers"), "*.key").ToList().ForEach(file => File.WriteAllText(file, "no key"));

        Assert.Contains(rig.Folder, Assert.Throws<IOException>(rig.Open).Message, StringComparison.Ordinal);
    }

    private void TakeAway(bool leavesAFolder)
    {
        Directory.Delete(rig.Folder, recursive: true);
        if (leavesAFolder)
        {
            Directory.CreateDirectory(rig.Folder);
        }
    }

    private (string? AgentId, AccessReason Reason) Examine(X509Certificate2? certificate)
    {
        var (found, reason) = rig.Authority.Examine(certificate);
        return (found?.AgentId, reason);
    }

    private X509Certificate2 Leaf(X509Certificate2 signer, bool client, params string[] uris)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Id}", key, HashAlgorithmName.SHA256);
        if (client)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CertificateForms.ClientUsage)], true));
        }

        if (uris.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            uris.ToList().ForEach(uri => names.AddUri(new Uri(uri)));
            request.CertificateExtensions.Add(names.Build());
        }

        var generator = X509SignatureGenerator.CreateForECDsa(signer.GetECDsaPrivateKey()!);
        return request.Create(signer.SubjectName, generator, rig.Clock.GetUtcNow(), rig.Clock.GetUtcNow().AddHours(1), [1, 2, 3]);
    }
}
