using FleetProf.Agent.Hosting;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Agent.Access;

/// <summary>The verb `join` of the agent's program: once per host, before the agent is started.</summary>
internal static class JoinCommand
{
    public const string Verb = "join";

    /// <returns>0: this host has joined; 1: it has not; 2: the options are wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        var options = new JoinOptions();
        var agent = new AgentOptions();
        configuration.GetSection(JoinOptions.Section).Bind(options);
        configuration.GetSection(AgentOptions.Section).Bind(agent);
        if (options.Problems().ToList() is { Count: > 0 } problems) return Report(problems, StartupProblems.InvalidOptions);
        try
        {
            using var stop = new CancellationTokenSource();
            Console.CancelKeyPress += (_, press) =>
            {
                press.Cancel = true;
                stop.Cancel();
            };
            using var folder = new StateFolder(agent.StateFolder);
            var enrolment = await new Joining(options, folder, TimeProvider.System, Console.Out).RunAsync(stop.Token);
            Console.WriteLine($"Joined as agent {enrolment.AgentId} of {enrolment.Silo}. The certificate is valid until {enrolment.Validity().To:u} and renews itself.");
            return 0;
        }
        catch (IOException error)
        {
            return Report([error.Message], StartupProblems.CannotStart);
        }
        catch (OperationCanceledException)
        {
            return Report(["Interrupted. Run the same command again to go on."], StartupProblems.CannotStart);
        }
    }

    private static int Report(IEnumerable<string> problems, int exitCode)
    {
        Console.Error.WriteLine("This host did not join:");
        foreach (var problem in problems) Console.Error.WriteLine($"  - {problem}");
        return exitCode;
    }
}
