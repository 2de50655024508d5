using FleetProf.AgentProtocol;
using FleetProf.Silo.Access;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// Bounds the uploads at once, of all agents and of each, and the calls for them: a campaign over thousands of hosts must not take the disk away from everything
/// else, and a few agents not the places from all others. Thread-safe.
/// </summary>
internal sealed class UploadLimit(IOptions<GatewayOptions> options, TimeProvider clock)
{
    /// <summary>So many times as long as its agent held a place for nothing, that agent has one less: who comes back at once with as little takes nothing from others.</summary>
    private const int RestFactor = 10;

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> byAgent = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, TimeSpan> resting = new();
    private readonly MinuteCounts<string> calls = new(clock);
    private readonly long startedAt = clock.GetTimestamp();
    private int all;

    /// <summary>A place, given back when disposed, for one call.</summary>
    /// <param name="agent">Its id, or where it calls from.</param>
    /// <param name="chunks">What it sends.</param>
    /// <exception cref="RpcException">There is none; agents try again after a while.</exception>
    public UploadPlace Enter(string agent, IAsyncStreamReader<UploadChunk> chunks)
    {
        lock (gate)
        {
            Charge(agent);
            while (resting.TryPeek(out var rested, out var until) && until <= clock.GetElapsedTime(startedAt))
            {
                resting.Dequeue();
                Free(rested);
            }

            var own = byAgent.GetValueOrDefault(agent);
            if (own >= options.Value.MaxUploadsPerAgent || all >= options.Value.MaxUploads)
            {
                throw Refused(isAgents: own >= options.Value.MaxUploadsPerAgent, "Too many uploads at once. Try again later.");
            }

            byAgent[agent] = own + 1;
            all++;
            return new UploadPlace(chunks, clock, wasted => Leave(agent, wasted));
        }
    }

    /// <summary>Counts a call about an upload.</summary>
    /// <exception cref="RpcException">It is one too many within a minute; agents try again after a while.</exception>
    public void Charge(string agent)
    {
        lock (gate)
        {
            if (calls.Of(agent) >= options.Value.UploadCallsPerMinute)
            {
                throw Refused(isAgents: true, "Too many calls about uploads within a minute. Try again later.");
            }

            calls.TryAdd(agent);
        }
    }

    private void Leave(string agent, TimeSpan wasted)
    {
        lock (gate)
        {
            all--;
            if (wasted > TimeSpan.Zero)
            {
                resting.Enqueue(agent, clock.GetElapsedTime(startedAt) + wasted * RestFactor);
            }
            else
            {
                Free(agent);
            }
        }
    }

    private void Free(string agent)
    {
        if (--byAgent[agent] == 0)
        {
            byAgent.Remove(agent);
        }
    }

    private static RpcException Refused(bool isAgents, string why)
    {
        GatewayInstruments.UploadRefused(isAgents);
        return new RpcException(new Status(StatusCode.ResourceExhausted, why));
    }
}
