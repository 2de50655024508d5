using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.Agent.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (!OperatingSystem.IsLinux()) return StartupProblems.Report(["It reads /proc, which only Linux has."], StartupProblems.CannotStart);
if (args is [JoinCommand.Verb, .. var more]) return await JoinCommand.RunAsync(more);
// Before an invitation is used up for an agent that could see nothing.
if (StartupProblems.OfSystem() is { Count: > 0 } lacking) return StartupProblems.Report(lacking, StartupProblems.InvalidOptions);
if (await JoinCommand.RunIfAskedAsync(args, TimeProvider.System) is not 0 and var refused) return refused;
// Settings come from the environment and the command line only: no settings file of whatever folder it is started in, and no watching of one.
var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
builder.AddAgent();
using var host = builder.Build();
if (StartupProblems.OfOptions(host.Services) is { Count: > 0 } problems) return StartupProblems.Report(problems, StartupProblems.InvalidOptions);
try
{
    // The state folder is claimed before anything is watched.
    _ = host.Services.GetRequiredService<AgentIdentity>();
    await host.RunAsync();
    return Environment.ExitCode;
}
catch (IOException error)
{
    return StartupProblems.Report([error.Message], StartupProblems.CannotStart);
}
