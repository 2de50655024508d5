using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Access.Calls;
using FleetProf.Silo.Tests.Gateway;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using FleetProf.TestKit.Processes;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Access.Enrolment;

/// <summary>The silo as it is started, with enrolment: what each port lets in, and what a kill leaves.</summary>
[Trait("Ring", "process")]
public sealed class EnrolmentProcessTests : IAsyncLifetime
{
    private const string EnrolmentService = "fleetprof.agent.v1.AgentEnrolment";

    private readonly TemporaryFolder folder = new();
    private readonly int port = FreePort.Next();
    private SiloProcess silo = null!;

    private string Listen => string.Create(CultureInfo.InvariantCulture, $"--FleetProf:Enrolment:Listen=127.0.0.1:{port}");

    private Uri Enrolment => new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}"));

    private Uri Agents => new UriBuilder(silo.Agents("/")) { Scheme = "https" }.Uri;

    public ValueTask InitializeAsync()
    {
        silo = new SiloProcess(folder["data"]);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Run_WithEnrolment_EachPortHasItsCallersAndAKillLosesNone()
    {
        await silo.StartAsync(Listen);
        var made = await CreateTokenAsync();
        var root = AgentClient.Call(Enrolment, "FetchRoots", new RootsRequest(), RootsReply.Parser, Tls(null, null), EnrolmentService).Roots.Single().ToByteArray();
        Assert.Equal(made.CaHash, $"sha256:{Convert.ToHexStringLower(SHA256.HashData(root))}");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new EnrolRequest { Token = made.Token, HostName = "host1", SigningRequest = ByteString.CopyFrom(new CertificateRequest("CN=h", key, HashAlgorithmName.SHA256).CreateSigningRequest()) };

        var large = new EnrolRequest(request) { HostName = new string('h', 100_000) };
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => AgentClient.Call(Enrolment, "Enrol", large, EnrolReply.Parser, Tls(root, null), EnrolmentService)).StatusCode);

        // The agent port knows nobody without a certificate, the enrolment port no session.
        var strange = Assert.Throws<RpcException>(() => AgentClient.Call(Agents, "Enrol", request, EnrolReply.Parser, Tls(root, null), EnrolmentService));
        Assert.True(strange.StatusCode is StatusCode.Internal or StatusCode.Unavailable, strange.ToString());
        Assert.Equal(StatusCode.Unimplemented, Assert.Throws<RpcException>(() => AgentClient.Call(Enrolment, "BeginUpload", new UploadOffer(), UploadStatus.Parser, Tls(root, null))).StatusCode);
        Assert.Equal(StatusCode.Unimplemented, Assert.Throws<RpcException>(() => AgentClient.Call(Enrolment, "Renew", new RenewRequest(), EnrolReply.Parser, Tls(root, null), "fleetprof.agent.v1.AgentRenewal")).StatusCode);

        var reply = AgentClient.Call(Enrolment, "Enrol", request, EnrolReply.Parser, Tls(root, null), EnrolmentService);
        using var certificate = X509CertificateLoader.LoadCertificate(reply.Certificate.Span);
        using var own = certificate.CopyWithPrivateKey(key);
        await silo.KillAsync();
        await silo.StartAsync(Listen);

        await using var client = await AgentClient.AttachAsync(Agents, new Hello { ProcessNonce = "n1", ProtocolVersion = 1 }, Tls(root, own));
        Assert.Equal((reply.AgentId, true), await WithGrainAsync(async grain => (await grain.ListAgentsAsync()).Select(agent => (agent.AgentId, agent.IsAttached)).Single()));
        Assert.Empty(await WithGrainAsync(grain => grain.ListSilentAgentsAsync()));
        Assert.True(await WithGrainAsync(grain => grain.RevokeAgentAsync(reply.AgentId, "ann", null)));
        Assert.Equal(StatusCode.PermissionDenied, (await client.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task ChangeRoot_TwiceAtOnce_IsDoneOnceAndRefusedWithAReason()
    {
        await silo.StartAsync(Listen);

        var first = await WithGrainAsync(grain => grain.ChangeRootAsync("ann"));
        var second = await WithGrainAsync(grain => grain.ChangeRootAsync("ann"));
        var earlier = await WithGrainAsync(grain => grain.RotateRootAsync("ann"));

        Assert.Null(first.Problem);
        Assert.StartsWith("Made the new root sha256:", first.Said, StringComparison.Ordinal);
        Assert.StartsWith("Too early: not every agent knows the new root yet.", second.Problem, StringComparison.Ordinal);
        Assert.Equal(("", second.Problem), (second.Said, earlier));
    }

    [Fact]
    public async Task Audit_OfATokenAndOfStepsOfTheRoot_SaysWhatWasGivenAndWhatWasDone()
    {
        await silo.StartAsync(Listen);
        var request = new JoinTokenRequest { Name = "racks", MaxUses = 3, LifeMinutes = 60, NeedsApproval = true, Networks = ["10.1.0.0/16", "10.2.0.0/16"] };
        var made = await WithGrainAsync(grain => grain.CreateTokenAsync(request, "ann"));
        var refused = await WithGrainAsync(grain => grain.CreateTokenAsync(request with { MaxUses = 0 }, "ann"));
        var root = (await WithGrainAsync(grain => grain.DescribeAsync())).CaHash;
        await WithGrainAsync(grain => grain.ChangeRootAsync("ann"));
        var early = await WithGrainAsync(grain => grain.ChangeRootAsync("ann"));
        var next = (await WithGrainAsync(grain => grain.DescribeAsync())).NextRoot!;

        var rows = await WithClusterAsync(cluster => cluster.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 }));

        Assert.Equal(
            [
                (made.TokenId, AuditDecision.Allowed, "'racks': 3 hosts within 60 minutes, each waits for approval, from 10.1.0.0/16 10.2.0.0/16"),
                ("", AuditDecision.Failed, refused.Problem!),
            ],
            rows.Where(row => row.Action == "join-token.create").Select(row => (row.Target, row.Decision, row.Reason)));
        Assert.DoesNotContain(rows, row => row.ToString().Contains(made.Token, StringComparison.Ordinal));
        var steps = rows.Where(row => row.Action == "authority.rotate").ToList();
        Assert.Equal([(root, AuditDecision.Allowed), (next, AuditDecision.Allowed), (next, AuditDecision.Allowed), (next, AuditDecision.Failed)], steps.Select(row => (row.Target, row.Decision)));
        Assert.Equal($"Step 2 of 3: {early.Problem}", steps[3].Reason);
        Assert.StartsWith("Too early", early.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithoutEnrolment_MakesNoToken()
    {
        await silo.StartAsync();

        string?[] refusals = [(await CreateTokenAsync()).Problem, (await WithGrainAsync(grain => grain.ChangeRootAsync("ann"))).Problem];
        Assert.All(refusals, refusal => Assert.Contains("FleetProf:Enrolment:Listen", refusal, StringComparison.Ordinal));
        Assert.All(refusals, refusal => Assert.Contains("FleetProf:Silo:AgentListen", refusal, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder["data/authority"]));
    }

    [Fact]
    public async Task Start_AgentsHaveJoinedAndTheAuthorityIsGone_SaysSoAndMakesNone()
    {
        Directory.CreateDirectory(folder["data"]);
        using (var catalog = CatalogDatabase.Open(folder["data/catalog.db"], TimeProvider.System))
        {
            var token = JoinTokenText.Create();
            await new JoinTokenTable(catalog, TimeProvider.System).AddAsync(token, new JoinTokenRequest(), "ann", TimeProvider.System.GetUtcNow().AddDays(1));
            await new EnrolledTable(catalog, TimeProvider.System).RedeemAsync(new EnrolledRow { AgentId = "agent", TokenId = token.Id, KeyHash = "key", Host = "host1" }, "10.1.2.3");
        }

        var (exitCode, errors) = await silo.RunToEndAsync(Listen);

        Assert.Equal(1, exitCode);
        Assert.Contains($"there is no certificate authority in {folder["data/authority"]}", errors, StringComparison.Ordinal);
        Assert.Contains($"`fleetprof ca cluster --authority {folder["data/authority"]} --out FOLDER`", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["data/authority"]));
    }

    public async ValueTask DisposeAsync()
    {
        await silo.DisposeAsync();
        folder.Dispose();
    }

    private Task<JoinTokenCreation> CreateTokenAsync() => WithGrainAsync(grain => grain.CreateTokenAsync(new JoinTokenRequest(), "ann"));

    private Task<T> WithGrainAsync<T>(Func<IEnrolmentGrain, Task<T>> ask) => WithClusterAsync(cluster => ask(cluster.GetGrain<IEnrolmentGrain>(0)));

    private async Task<T> WithClusterAsync<T>(Func<IClusterClient, Task<T>> ask)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(client => client.UseLocalhostClustering(silo.GatewayPort, serviceId: "fleetprof", clusterId: "fleetprof"));
        using var host = builder.Build();
        await host.StartAsync();
        var cluster = host.Services.GetRequiredService<IClusterClient>();
        OutsideCaller.As(await OutsideCaller.AdminAsync(cluster));
        var answer = await ask(cluster);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await host.StopAsync(limit.Token);
        return answer;
    }

    /// <param name="root">DER; null: anybody is believed, as by a host that only asks for the roots.</param>
    /// <param name="own">The agent's.</param>
    private static SslClientAuthenticationOptions Tls(byte[]? root, X509Certificate2? own)
    {
        var options = new SslClientAuthenticationOptions();
        if (own is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true);
        }

        if (root is null)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        }
        else
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(root));
        }

        return options;
    }
}
