// Simulated agents with certificates of their own against a real silo process; see LoadOptions.Usage. Loopback only; it ends by itself.
// Prints figures, and ends with 0 when everything that the scenario promises held.
using FleetProf.Load;
using FleetProf.Load.Scenarios;

if (LoadOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(LoadOptions.Usage);
    return 2;
}

Console.WriteLine($"{options.Scenario}: {options.Agents} agents, seed {options.Seed}, {Environment.ProcessorCount} processors for silo and generator together");
await using var run = await LoadRun.StartAsync(options);
var isKept = options.Scenario switch
{
    "steady" => await SteadyScenario.RunAsync(run),
    "restart" => await RestartScenario.RunAsync(run),
    _ => await CommandScenario.RunAsync(run),
};
Console.WriteLine(isKept ? "kept" : "NOT KEPT");
return isKept ? 0 : 1;
