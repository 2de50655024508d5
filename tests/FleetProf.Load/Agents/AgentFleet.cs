using System.Diagnostics;
using FleetProf.Agent.Access;

namespace FleetProf.Load.Agents;

/// <summary>All simulated agents and what is known of them.</summary>
internal sealed class AgentFleet(LoadOptions options, Uri silo, IReadOnlyList<Enrolment> seats) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private const int StepsInSecond = 50;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1) / StepsInSecond;
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

        running.Add(Task.Run(TickAsync));
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

    /// <summary>
    /// The seconds of all agents by one timer, spread over each second: a timer of each agent's own, which a real one has, took a third of the
    /// generator's processor time, as the runtime looks through all that are soon due whenever one is.
    /// </summary>
    private async Task TickAsync()
    {
        var (started, ticked) = (Stopwatch.GetTimestamp(), 0L);
        using var timer = new PeriodicTimer(Step);
        while (!ending.IsCancellationRequested)
        {
            for (; ticked < Stopwatch.GetElapsedTime(started) / Step; ticked++)
            {
                for (var agent = (int)(ticked % StepsInSecond); agent < agents.Count; agent += StepsInSecond)
                {
                    agents[agent].Tick();
                }
            }

            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(running);
        agents.ForEach(agent => agent.Dispose());
        ending.Dispose();
    }
}
