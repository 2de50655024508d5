using System.Runtime.InteropServices;
using FleetProf.Agent.Hosting;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Agent.Access;

/// <summary>The verb `join` of the agent's program: once per host, before the agent is started or when it starts for the first time.</summary>
internal static class JoinCommand
{
    public const string Verb = "join";

    /// <returns>0: this host has joined; 1: it has not; 2: the options are wrong.</returns>
    public static Task<int> RunAsync(string[] args) => RunAsync(Configuration(args));

    /// <summary>
    /// For an agent that starts with what it takes to join (section FleetProf:Join): it does so first where it has not joined yet, or where
    /// its certificate ended longer ago than it may be renewed.
    /// </summary>
    /// <returns>0: go on; else the exit code, and why is told.</returns>
    public static Task<int> RunIfAskedAsync(string[] args, TimeProvider time)
    {
        var configuration = Configuration(args);
        if (!configuration.GetSection(JoinOptions.Section).GetChildren().Any()) return Task.FromResult(0);
        if (TryRead(() => AgentOf(configuration), out var wrong) is not { } agent) return Task.FromResult(StartupProblems.Report([wrong], StartupProblems.InvalidOptions));
        return MustJoin(agent.StateFolder, time.GetUtcNow()) ? RunAsync(configuration) : Task.FromResult(0);
    }

    private static bool MustJoin(string stateFolder, DateTimeOffset now)
    {
        try
        {
            if (Enrolment.Peek(stateFolder) is not { } enrolment) return true;
            if (enrolment.CanBeRenewed(now)) return false;
            Console.WriteLine($"The certificate of agent {enrolment.AgentId} ended at {enrolment.Validity().To.UtcDateTime:u}, longer ago than it may be renewed: this host joins anew.");
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file that is damaged is told when the agent starts; an identity is not replaced for that.
            return false;
        }
    }

    private static async Task<int> RunAsync(IConfiguration configuration)
    {
        try
        {
            if (TryRead(() => AgentOf(configuration), out var wrong) is not { } agent || TryRead(() => JoinOptions.Read(configuration), out wrong) is not { } options)
                return Report([wrong], StartupProblems.InvalidOptions);
            List<string> problems = [.. options.Problems()];
            if (string.IsNullOrWhiteSpace(agent.StateFolder)) problems.Add($"{AgentOptions.Section}:{nameof(AgentOptions.StateFolder)} is empty. Name a folder on a local disk.");
            if (problems.Count > 0) return Report(problems, StartupProblems.InvalidOptions);
            using var stop = new CancellationTokenSource();
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            using var folder = new StateFolder(agent.StateFolder);
            var enrolment = await new Joining(options, folder, TimeProvider.System, Console.Out, agent.HostName).RunAsync(stop.Token);
            Console.WriteLine($"Joined as agent {enrolment.AgentId} of {enrolment.Silo}. The certificate is valid until {enrolment.Validity().To:u} and renews itself.");
            return 0;

            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.Cancel();
            }
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

    private static IConfiguration Configuration(string[] args) => new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();

    private static AgentOptions AgentOf(IConfiguration configuration)
    {
        var agent = new AgentOptions();
        configuration.GetSection(AgentOptions.Section).Bind(agent);
        return agent;
    }

    /// <summary>Null where a value is of the wrong type.</summary>
    /// <param name="read">Binds.</param>
    /// <param name="problem">What the binder says, which names the key; empty where it can be read.</param>
    private static T? TryRead<T>(Func<T> read, out string problem)
        where T : class
    {
        try
        {
            problem = "";
            return read();
        }
        catch (InvalidOperationException error)
        {
            problem = error.Message;
            return null;
        }
    }

    private static int Report(IEnumerable<string> problems, int exitCode)
    {
        Console.Error.WriteLine("This host did not join:");
        foreach (var problem in problems) Console.Error.WriteLine($"  - {problem}");
        return exitCode;
    }
}
