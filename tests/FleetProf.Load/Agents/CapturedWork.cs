using System.Collections.Concurrent;
using System.Security.Cryptography;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;

namespace FleetProf.Load.Agents;

/// <summary>What an agent does with orders: some upload an artifact, the others report at once that the process has exited. Results are told until acknowledged.</summary>
internal sealed class CapturedWork(AgentChannel channel, string agentId, FleetPlan plan, int number)
{
    private const int ArtifactBytes = 64 * 1024;
    private readonly ConcurrentDictionary<string, CaptureResult> untold = new(StringComparer.Ordinal);
    private readonly Random random = plan.RandomOf(number, use: 2);

    public IEnumerable<string> Running => untold.Keys;

    public void Begin(StartCapture order, AgentLine line)
    {
        var result = new CaptureResult { CaptureId = order.CaptureId, Attempt = order.Attempt, Failure = "ProcessExited", Detail = "The process ended before the recording began." };
        if (!untold.TryAdd($"{order.CaptureId}#{order.Attempt}", result))
        {
            return;
        }

        plan.Figures.OrderArrived();
        _ = random.NextDouble() < plan.ArtifactShare ? UploadAsync(result, line) : line.SendAsync(new AgentFrame { Result = result });
    }

    public void Acknowledge(ResultAck ack)
    {
        if (untold.TryRemove($"{ack.CaptureId}#{ack.Attempt}", out _))
        {
            plan.Figures.ResultAcknowledged();
        }
    }

    public async Task ResumeAsync(AgentLine line)
    {
        foreach (var result in untold.Values)
        {
            await line.SendAsync(new AgentFrame { Result = result });
        }
    }

    private async Task UploadAsync(CaptureResult result, AgentLine line)
    {
        // No trace: the analyzer refuses it in a process of its own, as it would anything hostile.
        var artifact = new byte[ArtifactBytes];
        random.NextBytes(artifact);
        var offer = new UploadOffer { AgentId = agentId, CaptureId = result.CaptureId, Attempt = result.Attempt, SizeBytes = artifact.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(artifact)) };
        try
        {
            await channel.Client.BeginUploadAsync(offer);
            using var call = channel.Client.Upload();
            await call.RequestStream.WriteAsync(new UploadChunk { Offer = offer, Data = ByteString.CopyFrom(artifact) });
            await call.RequestStream.CompleteAsync();
            await foreach (var _ in call.ResponseStream.ReadAllAsync())
            {
                // Each says how much is durable.
            }

            if ((await channel.Client.CompleteUploadAsync(offer)).IsComplete)
            {
                (result.Failure, result.Detail, result.Sha256, result.Bytes) = ("", "", offer.Sha256, offer.SizeBytes);
            }
        }
        catch (RpcException lost)
        {
            (result.Failure, result.Detail) = ("UploadInterrupted", lost.Status.Detail);
        }

        await line.SendAsync(new AgentFrame { Result = result });
    }
}
