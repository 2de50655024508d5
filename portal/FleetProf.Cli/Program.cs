using FleetProf.Cli;
using FleetProf.Cli.Terminal;

return await CliHost.RunAsync(args, CliConsole.OfProcess());
