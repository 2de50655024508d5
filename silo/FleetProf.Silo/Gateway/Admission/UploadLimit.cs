using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>Bounds the uploads at once, of all agents and of each: a campaign over thousands of hosts must not take the disk away from everything else. Thread-safe.</summary>
internal sealed class UploadLimit(IOptions<GatewayOptions> options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> byAgent = new(StringComparer.Ordinal);
    private int all;

    /// <summary>A place, given back when disposed.</summary>
    /// <param name="agent">Its id, or where it calls from.</param>
    /// <exception cref="RpcException">There is none; agents try again after a while.</exception>
    public IDisposable Enter(string agent)
    {
        lock (gate)
        {
            var own = byAgent.GetValueOrDefault(agent);
            if (own >= options.Value.MaxUploadsPerAgent || all >= options.Value.MaxUploads)
            {
                GatewayInstruments.UploadRefused(isAgents: own >= options.Value.MaxUploadsPerAgent);
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "Too many uploads at once. Try again later."));
            }

            byAgent[agent] = own + 1;
            all++;
            return new Place(this, agent);
        }
    }

    private void Leave(string agent)
    {
        lock (gate)
        {
            all--;
            if (--byAgent[agent] is var left && left == 0)
            {
                byAgent.Remove(agent);
            }
        }
    }

    private sealed class Place(UploadLimit limit, string agent) : IDisposable
    {
        public void Dispose() => limit.Leave(agent);
    }
}
