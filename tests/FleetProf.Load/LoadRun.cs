using FleetProf.Load.Agents;
using FleetProf.Load.Silo;

namespace FleetProf.Load;

/// <summary>A silo and agents that have joined it, none of them connected yet.</summary>
internal sealed class LoadRun : IAsyncDisposable
{
    private LoadRun(LoadOptions options, SiloProcess silo, AgentFleet fleet) => (Options, Silo, Fleet) = (options, silo, fleet);

    public LoadOptions Options { get; }

    public SiloProcess Silo { get; }

    public AgentFleet Fleet { get; }

    public static async Task<LoadRun> StartAsync(LoadOptions options)
    {
        var silo = await SiloProcess.StartAsync(options.SiloProgram, options.SiloOptions);
        try
        {
            Console.WriteLine($"silo {silo.Pid} at {silo.Agents}, idle {silo.ResidentMegabytes:0} MiB");
            var seats = await FleetJoining.RunAsync(silo, options.Agents);
            return new LoadRun(options, silo, new AgentFleet(options, silo.Agents, seats));
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        await Silo.DisposeAsync();
    }
}
