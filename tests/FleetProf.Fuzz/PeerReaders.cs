using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Agent.Redaction;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.Profiles;
using Google.Protobuf;
using Grpc.Core;

namespace FleetProf.Fuzz;

/// <summary>What agents read of processes, and silos of agents, strangers and the analyzers of hostile artifacts, each in its own process.</summary>
internal static class PeerReaders
{
    /// <summary>Of a command line; an agent reads no more.</summary>
    private const int MostLineBytes = 64 * 1024;

    // Made with the first input, not with this class: instrumented code may run only when AFL++ is there to be told where it is.
    private static readonly Lazy<(MessageShape Shape, MessageParser Parser)[]> Messages = new(() =>
    [
        (MessageShape.Of(AgentFrame.Descriptor), AgentFrame.Parser), (MessageShape.Of(UploadOffer.Descriptor), UploadOffer.Parser), (MessageShape.Of(UploadChunk.Descriptor), UploadChunk.Parser),
    ]);

    /// <summary>What its shape lets pass becomes objects in the silo itself, in no sandbox: of that, too much memory is a fault too.</summary>
    public static void ReadMessage(byte[] bytes)
    {
        foreach (var (shape, parser) in Messages.Value)
        {
            try
            {
                shape.Check(new ReadOnlySequence<byte>(bytes));
                parser.ParseFrom(bytes);
            }
            catch (Exception refusal) when (refusal is RpcException or InvalidProtocolBufferException)
            {
            }
        }
    }

    /// <summary>As an answer comes: a header, and behind it as much as that says.</summary>
    public static void ReadIpcAnswer(byte[] bytes)
    {
        if (bytes.Length < IpcMessage.HeaderBytes || !IpcMessage.TryReadHeader(bytes.AsSpan(0, IpcMessage.HeaderBytes), out _, out var length) || length > bytes.Length - IpcMessage.HeaderBytes)
        {
            return;
        }

        var payload = bytes[IpcMessage.HeaderBytes..(IpcMessage.HeaderBytes + length)];
        FuzzReader.Damaged<InvalidDataException>(() => IpcMessage.ReadProcessInfo(payload, isVersion2: true));
        FuzzReader.Damaged<InvalidDataException>(() => IpcMessage.ReadProcessInfo(payload, isVersion2: false));
    }

    /// <summary>Its files below /proc, of which it chooses the name, the environment and the paths, and the runtime configuration beside it. Nothing leaves their readers but an answer.</summary>
    public static void AskProcess(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var environment = ProcessEnvironment.Parse(bytes);
        ProcessStart.Parse(1, bytes);
        ProcessMaps.Find(bytes);
        ProcessReading.Parse(text);
        ProcessReading.PrivateBytes(text);
        ProcessStatus.Parse(1, text);
        ControlGroup.Membership(text);
        ServiceIdentity.Resolve(environment, ResourceAttributes.Parse(environment["OTEL_RESOURCE_ATTRIBUTES"]), text, () => text);
        GcConfiguration.Resolve(environment, text, new Version(10, 0), processorCount: 8);
    }

    /// <summary>What is told of it, and what is covered of it in a recording.</summary>
    public static void AskCommandLine(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, MostLineBytes));
        var line = CommandLine.Parse(text);
        _ = (line.LikelyEntryAssembly, line.RuntimeConfiguration);
        CommandLineRedaction.Redact(line.Arguments);
        CommandLineMask.Of(text, line)?.Hide(Encoding.Unicode.GetBytes(text));
    }

    /// <summary>The file that a process has its Main in.</summary>
    public static void AskAssembly(byte[] bytes)
    {
        var folder = FuzzReader.TakeFolder();
        File.WriteAllBytes(Path.Combine(folder, "program.dll"), bytes);
        using var root = TargetRoot.At(folder);
        new EntryAssembly("program", "/program.dll").ReadVersion(root);
    }

    /// <summary>Before anybody knows who sends it.</summary>
    public static void ReadSigningRequest(byte[] bytes) => SigningRequest.Read(bytes);

    /// <summary>The name in a certificate that the system could read.</summary>
    public static void ReadCertificate(byte[] bytes)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(bytes);
            CertificateUri.After("spiffe://fleetprof/", certificate);
        }
        catch (CryptographicException)
        {
        }
    }

    /// <summary>A table that an analyzer wrote. Who asks for its rows takes these for damage.</summary>
    public static void ReadRows(byte[] bytes)
    {
        try
        {
            RowStream.ReadAsync(new MemoryStream(bytes), static row => row.GetRawText(), CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or FormatException)
        {
        }
    }
}
