using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.AgentProtocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace FleetProf.Agent.Access;

/// <summary>
/// Makes this host an agent of a silo. The authority is pinned by the hash that the operator gave: the roots are fetched first, over a connection
/// that is not trusted and carries no secret; the token goes over a second one that trusts nothing but the root with that hash.
/// </summary>
internal sealed class Joining(JoinOptions options, StateFolder folder, TimeProvider time, TextWriter said, string hostName = "")
{
    private const string UnfinishedFile = "joining.json";
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <exception cref="IOException">It did not work; the message says why and what to do.</exception>
    public async Task<Enrolment> RunAsync(CancellationToken cancellationToken)
    {
        if (Enrolment.Read(folder) is { } before && !options.Again && time.GetUtcNow() < before.Validity().To)
            throw new IOException($"This host has joined already, as agent {before.AgentId}. Add --again to join anew, as another agent.");
        try
        {
            var root = await FetchRootAsync(cancellationToken);
            using var key = ReadOrCreateKey();
            var enrolment = await EnrolAsync(key, root, cancellationToken);
            enrolment.Write(folder);
            File.Delete(folder.PathOf(UnfinishedFile));
            return enrolment;
        }
        catch (RpcException error)
        {
            if (HandshakeProblem.Of(error, null, time) is { } problem) throw new IOException($"TLS with the silo at {options.Url} failed. {problem.Text}", error);
            throw new IOException(error.StatusCode == StatusCode.Unavailable ? $"The silo at {options.Url} cannot be reached: {error.Status.Detail}" : error.Status.Detail, error);
        }
        catch (InvalidDataException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    private async Task<string> FetchRootAsync(CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
#pragma warning disable CA5359 // Nothing secret is sent, and what comes is believed only when its hash is the one that was given.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        using var channel = GrpcChannel.ForAddress(options.Url, new GrpcChannelOptions { HttpHandler = handler });
        var reply = await new AgentEnrolment.AgentEnrolmentClient(channel).FetchRootsAsync(new RootsRequest(), deadline: Deadline(), cancellationToken: cancellationToken);
        var wanted = Convert.FromHexString(options.CaHash["sha256:".Length..]);
        var root = reply.Roots.FirstOrDefault(der => SHA256.HashData(der.Span).AsSpan().SequenceEqual(wanted))
            ?? throw new IOException($"The silo at {options.Url} is not of the authority {options.CaHash}, so the token was not sent. Check the address and the hash with `fleetprof agent ca show`.");
        using var certificate = X509CertificateLoader.LoadCertificate(root.Span);
        return certificate.ExportCertificatePem();
    }

    private async Task<Enrolment> EnrolAsync(HostKey key, string root, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(options.Url, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, SslOptions = SiloTrust.Of(root) }, DisposeHttpClient = true });
        var client = new AgentEnrolment.AgentEnrolmentClient(channel);
        var request = new EnrolRequest { Token = options.Token, SigningRequest = key.SigningRequest(), HostName = HostIdentity.NameOf(hostName) };
        var until = time.GetUtcNow() + options.Wait;
        for (var isFirst = true; ; isFirst = false)
        {
            var reply = await client.EnrolAsync(request, deadline: Deadline(), cancellationToken: cancellationToken);
            if (reply.State == EnrolReply.Types.State.Issued) return key.Accept(reply, AgentAddress(reply.AgentPort), root, time.GetUtcNow());
            if (isFirst) await said.WriteLineAsync($"Waiting for approval: fleetprof agent approve {reply.AgentId}");
            if (time.GetUtcNow() >= until) throw new IOException($"Agent {reply.AgentId} was not approved within {options.Wait}. Run the same command again once it is.");
            await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(reply.RetryAfterSeconds, 1, 60)), time, cancellationToken);
        }
    }

    /// <summary>The same key for the same token: a command that was interrupted goes on, and uses the token once.</summary>
    private HostKey ReadOrCreateKey()
    {
        var token = options.Token.Split('_')[1];
        if (folder.Read(UnfinishedFile) is { } content && JsonSerializer.Deserialize<Unfinished>(content) is { } unfinished && unfinished.TokenId == token) return HostKey.FromPem(unfinished.Key);
        var key = HostKey.Create();
        folder.Write(UnfinishedFile, JsonSerializer.SerializeToUtf8Bytes(new Unfinished(token, key.Pem)));
        return key;
    }

    private string AgentAddress(uint port) => new UriBuilder(options.Url) { Port = (int)port }.Uri.GetLeftPart(UriPartial.Authority);

    private DateTime Deadline() => time.GetUtcNow().Add(AnswerLimit).UtcDateTime;

    private sealed record Unfinished(string TokenId, string Key);
}
