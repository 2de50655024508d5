using System.Collections.Concurrent;
using System.Threading.Channels;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Tests.Captures;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Agents that note what they are told. One capture per agent at a time, as the real ones.</summary>
internal sealed class FakeAgents
{
    private readonly ConcurrentDictionary<string, string> places = new();
    private readonly Channel<(string AgentId, CaptureOrder Order)> orders = Channel.CreateUnbounded<(string, CaptureOrder)>();

    /// <summary>Called with every order in place of the agent; null lets the agent take it.</summary>
    public Func<string, CaptureOrder, CaptureFailure?> Answer { get; set; } = (_, _) => null;

    /// <summary>Every order that an agent took, as "captureId#attempt".</summary>
    public ConcurrentQueue<string> Taken { get; } = [];

    public ConcurrentQueue<string> Cancelled { get; } = [];

    public ConcurrentQueue<string> Ended { get; } = [];

    public Func<string, bool> IsTold { get; set; } = _ => true;

    public IAgentGrain Find(string agentId) => Fake.Of<IAgentGrain>(
        (nameof(IAgentGrain.StartCaptureAsync), args => Task.FromResult(Start(agentId, (CaptureOrder)args[0]!))),
        (nameof(IAgentGrain.CancelCaptureAsync), args => Task.FromResult(Cancel($"{args[0]}#{args[1]}"))),
        (nameof(IAgentGrain.CaptureEndedAsync), args => End(agentId, $"{args[0]}#{args[1]}")));

    /// <summary>The next order that an agent took.</summary>
    public async Task<(string AgentId, CaptureOrder Order)> NextOrderAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await orders.Reader.ReadAsync(limit.Token);
    }

    public bool HasOrders => orders.Reader.Count > 0;

    public IAsyncEnumerable<(string AgentId, CaptureOrder Order)> OrdersAsync(CancellationToken cancellationToken) => orders.Reader.ReadAllAsync(cancellationToken);

    private CaptureFailure Start(string agentId, CaptureOrder order)
    {
        if (Answer(agentId, order) is { } answer)
        {
            return answer;
        }

        // As the journal of an agent: an attempt that it has, or had, is not begun again.
        if (Taken.Contains(Key(order)))
        {
            return CaptureFailure.None;
        }

        if (!places.TryAdd(agentId, Key(order)))
        {
            return CaptureFailure.Busy;
        }

        Taken.Enqueue(Key(order));
        orders.Writer.TryWrite((agentId, order));
        return CaptureFailure.None;
    }

    private bool Cancel(string key)
    {
        Cancelled.Enqueue(key);
        return IsTold(key);
    }

    private Task End(string agentId, string key)
    {
        Ended.Enqueue(key);
        places.TryRemove(new(agentId, key));
        return Task.CompletedTask;
    }

    private static string Key(CaptureOrder order) => $"{order.CaptureId}#{order.Attempt}";
}
