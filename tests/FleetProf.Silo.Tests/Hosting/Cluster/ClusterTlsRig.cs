using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using FleetProf.Contracts.Access.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

/// <summary>A listener behind the cluster's TLS that sends back what it gets, on a real socket, and peers that dial it.</summary>
internal sealed class ClusterTlsRig : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<ClusterFolder, ClusterTls> dialling = new();

    private ClusterTlsRig(WebApplication app, FakeTimeProvider clock, ConcurrentQueue<string> refusals) => (this.app, Clock, Refusals) = (app, clock, refusals);

    public FakeTimeProvider Clock { get; }

    public ConcurrentQueue<string> Refusals { get; }

    public static async Task<ClusterTlsRig> StartAsync(ClusterFolder own, params ClusterRole[] roles)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var (clock, refusals) = (new FakeTimeProvider(DateTimeOffset.UtcNow), new ConcurrentQueue<string>());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            new ClusterTls(own, clock, refusals.Enqueue).Accept(listener, roles);
            listener.Run(EchoAsync);
        }));
        var rig = new ClusterTlsRig(builder.Build(), clock, refusals);
        await rig.app.StartAsync();
        return rig;
    }

    /// <summary>What comes back for a text; null when the other end hangs up instead.</summary>
    /// <exception cref="IOException">This end did not believe the other.</exception>
    public async Task<string?> AskAsync(ClusterFolder own, string text)
    {
        var builder = new ConnectionBuilder(app.Services);
        string? answer = null;
        dialling.GetOrAdd(own, folder => new ClusterTls(folder, Clock, Refusals.Enqueue)).Dial(builder);
        builder.Run(async connection => answer = await SayAsync(connection.Transport, text));
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        var context = new DefaultConnectionContext("test") { Transport = new Pipes(PipeReader.Create(stream), PipeWriter.Create(stream)), RemoteEndPoint = socket.RemoteEndPoint };
        await builder.Build()(context);
        return answer;
    }

    /// <summary>The same without TLS.</summary>
    public async Task<string?> AskPlainAsync(string text)
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        return await SayAsync(new Pipes(PipeReader.Create(stream), PipeWriter.Create(stream)), text);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        return socket;
    }

    private static async Task<string?> SayAsync(IDuplexPipe pipe, string text)
    {
        try
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            await pipe.Output.WriteAsync(bytes);
            var read = await pipe.Input.ReadAtLeastAsync(bytes.Length);
            return read.Buffer.Length < bytes.Length ? null : System.Text.Encoding.UTF8.GetString(System.Buffers.BuffersExtensions.ToArray(read.Buffer));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync();
            foreach (var part in read.Buffer)
            {
                await connection.Transport.Output.WriteAsync(part);
            }

            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
