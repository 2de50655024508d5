using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Agent.Access;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Access;
using FleetProf.Load.Silo;
using Grpc.Net.Client;

namespace FleetProf.Load.Agents;

/// <summary>Makes a whole fleet join by the silo's own enrolment: tokens of an operator, a key and a signing request for each agent.</summary>
internal static class FleetJoining
{
    private const int UsesPerToken = 10_000;
    private const int Channels = 4;
    private const int AtOnce = 32;

    public static async Task<IReadOnlyList<Enrolment>> RunAsync(SiloProcess silo, int count)
    {
        var started = Stopwatch.GetTimestamp();
        var (tokens, caHash) = await TokensAsync(silo, (count + UsesPerToken - 1) / UsesPerToken);
        var roots = await RootsAsync(silo, caHash);
        var channels = Enumerable.Range(0, Channels).Select(_ => Open(silo, handler => handler.SslOptions = SiloTrust.Of(roots))).ToList();
        var joined = new Enrolment[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellationToken) =>
        {
            using var key = HostKey.Create();
            var request = new EnrolRequest { Token = tokens[number / UsesPerToken], SigningRequest = key.SigningRequest(), HostName = SimulatedAgent.NameOf(number) };
            var reply = await new AgentEnrolment.AgentEnrolmentClient(channels[number % Channels]).EnrolAsync(request, cancellationToken: cancellationToken);
            joined[number] = key.Accept(reply, silo.Agents.ToString(), roots, TimeProvider.System.GetUtcNow());
        });
        channels.ForEach(channel => channel.Dispose());
        Console.WriteLine($"{count} agents joined in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        return joined;
    }

    private static async Task<(IReadOnlyList<string> Tokens, string CaHash)> TokensAsync(SiloProcess silo, int count)
    {
        await using var connection = await SiloGrains.ConnectAsync(silo);
        connection.SpeakAsAdmin();
        var enrolment = connection.Grains.GetGrain<IEnrolmentGrain>(0);
        var made = new List<JoinTokenCreation>();
        for (var token = 0; token < count; token++)
        {
            made.Add(await enrolment.CreateTokenAsync(new JoinTokenRequest { MaxUses = UsesPerToken, LifeMinutes = 60 }, "load"));
        }

        return ([.. made.Select(token => token.Token ?? throw new InvalidOperationException(token.Problem))], made[0].CaHash!);
    }

    private static async Task<string> RootsAsync(SiloProcess silo, string caHash)
    {
        using var channel = Open(silo, handler =>
        {
#pragma warning disable CA5359 // As a host that joins: what comes is believed only when its hash is the one that was given.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        });
        var reply = await new AgentEnrolment.AgentEnrolmentClient(channel).FetchRootsAsync(new RootsRequest());
        var root = reply.Roots.Single(der => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(der.Span))}" == caHash);
        using var certificate = X509CertificateLoader.LoadCertificate(root.Span);
        return certificate.ExportCertificatePem();
    }

    private static GrpcChannel Open(SiloProcess silo, Action<SocketsHttpHandler> configure)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        configure(handler);
        return GrpcChannel.ForAddress(silo.Enrolment, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
