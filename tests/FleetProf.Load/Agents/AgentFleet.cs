using System.Diagnostics;
using FleetProf.Agent.Access;

namespace FleetProf.Load.Agents;

/// <summary>All simulated agents and what is known of them.</summary>
internal sealed class AgentFleet(LoadOptions options, Uri silo, IReadOnlyList<Enrolment> seats) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource ending = new();
    private readonly List<SimulatedAgent> agents = [];
    private readonly List<Task> running = [];

    public FleetFigures Figures { get; } = new();

    /// <summary>Windows that are finished and not acknowledged.</summary>
    public int Waiting => agents.Sum(agent => agent.Spool.Waiting);

    /// <summary>Starts all agents, spread over the time that the rate gives.</summary>
    public void Start()
    {
        var plan = new FleetPlan(options.Seed, options.DropShare, options.ArtifactShare, new RecordedVitals(options.Seed), Figures);
        var random = new Random(options.Seed);
        var spread = TimeSpan.FromSeconds((double)options.Agents / options.ConnectsPerSecond);
        for (var number = 0; number < seats.Count; number++)
        {
            var agent = new SimulatedAgent(seats[number], silo, number, plan);
            agents.Add(agent);
            var delay = spread * random.NextDouble();
            running.Add(Task.Run(() => agent.RunAsync(delay, ending.Token)));
        }
    }

    /// <summary>Until each has connected since the figures were cleared, or false when the time is over.</summary>
    public Task<bool> UntilAllSeenAsync(TimeSpan limit) => UntilAsync(() => Figures.Seen >= seats.Count, limit);

    public static async Task<bool> UntilAsync(Func<bool> isSo, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Look);
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                return false;
            }

            await timer.WaitForNextTickAsync();
        }

        return true;
    }

    /// <summary>Windows that the silo acknowledged so far: instance and start, Unix ms.</summary>
    public IReadOnlyList<(string InstanceId, long StartMs)> Acknowledged() => [.. agents.SelectMany(agent => agent.Spool.Acknowledged.Select(start => (agent.Name, start)))];

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(running);
        agents.ForEach(agent => agent.Dispose());
        ending.Dispose();
    }
}
