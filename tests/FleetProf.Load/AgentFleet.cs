using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;

namespace FleetProf.Load;

/// <summary>Connects all agents over a while, lets them work, and prints what that cost the silo.</summary>
internal sealed class AgentFleet(SiloProcess silo, int count, TimeSpan steady)
{
    private const int ConnectsPerSecond = 100;
    private readonly ConcurrentBag<double> ackMs = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var before = silo.ResidentMegabytes;
        var agents = Enumerable.Range(0, count).Select(number => new SimulatedAgent(silo.Address, number, number, ackMs)).ToList();
        var started = Stopwatch.GetTimestamp();
        var running = new List<Task>();
        var welcomes = new List<Task>();
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ConnectsPerSecond));
        foreach (var agent in agents)
        {
            await pace.WaitForNextTickAsync(cancellationToken);
            var welcome = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            running.Add(agent.RunAsync(welcome, ending.Token));
            welcomes.Add(welcome.Task);
        }

        await Task.WhenAll(welcomes).WaitAsync(TimeSpan.FromSeconds(120), cancellationToken);
        Console.WriteLine($"{count} agents connected in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {silo.CpuSeconds:0.0} CPU seconds of the silo so far");
        await MeasureAsync(before, cancellationToken);
        Console.WriteLine($"windows without acknowledgement at the end: {agents.Sum(agent => agent.WaitingForAck)}");
        await ending.CancelAsync();
        await Task.WhenAll(running.Select(EndedAsync));
        agents.ForEach(agent => agent.Dispose());
    }

    private async Task MeasureAsync(double megabytesBefore, CancellationToken cancellationToken)
    {
        // Code is compiled and tiers settle in the first seconds.
        await Task.Delay(TimeSpan.FromSeconds(15), cancellationToken);
        ackMs.Clear();
        var cpu = silo.CpuSeconds;
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(steady, cancellationToken);
        var cores = (silo.CpuSeconds - cpu) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var acks = ackMs.Order().ToArray();
        Console.WriteLine($"silo: {cores:0.000} cores over {steady.TotalSeconds:0} s, {silo.ResidentMegabytes:0} MiB resident, {(silo.ResidentMegabytes - megabytesBefore) * 1024 / count:0} KiB per agent");
        Console.WriteLine($"window to acknowledgement: {acks.Length} acks, median {Quantile(acks, 0.5):0.0} ms, p99 {Quantile(acks, 0.99):0.0} ms");
    }

    private static double Quantile(double[] sorted, double quantile) => sorted.Length == 0 ? double.NaN : sorted[(int)(quantile * (sorted.Length - 1))];

    private static async Task EndedAsync(Task agent)
    {
        try
        {
            await agent;
        }
        catch (Exception end) when (end is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // How it is meant to end.
        }
    }
}
