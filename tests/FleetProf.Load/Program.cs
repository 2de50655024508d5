// Simulated agents against a real silo process: dotnet run -c Release --project tests/FleetProf.Load -- [--agents 1000] [--seconds 60]
// Prints the silo's share of a core and its memory per agent in the steady state. Loopback only; it ends by itself.
using System.Globalization;
using FleetProf.Load;

var agents = Option("--agents", 1000);
var seconds = Option("--seconds", 60);
await using var silo = await SiloProcess.StartAsync();
Console.WriteLine($"silo {silo.Pid} at {silo.Address}, idle {silo.ResidentMegabytes:0} MiB");
await new AgentFleet(silo, agents, TimeSpan.FromSeconds(seconds)).RunAsync(CancellationToken.None);
return 0;

int Option(string name, int fallback) =>
    Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
