using System.CommandLine;
using FleetProf.Cli.Access;
using FleetProf.Cli.Agents;
using FleetProf.Cli.Analyze;
using FleetProf.Cli.Budgets;
using FleetProf.Cli.Campaigns;
using FleetProf.Cli.Captures;
using FleetProf.Cli.Comparisons;
using FleetProf.Cli.Demo;
using FleetProf.Cli.Fleet;
using FleetProf.Cli.GcPauses;
using FleetProf.Cli.Heaps;
using FleetProf.Cli.Terminal;
using FleetProf.Cli.Up;

namespace FleetProf.Cli;

/// <summary>Parses a command line, runs its verb and turns every outcome into an exit code.</summary>
public static class CliHost
{
    // System.CommandLine hands an action nothing but its parse result; the terminal travels beside it.
    private static readonly AsyncLocal<CliConsole?> Current = new();

    // A reason may begin with "@", and a file that came with a repository must not become options, such as the portal that the token goes to.
    private static readonly ParserConfiguration WithoutResponseFiles = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(string[] args, CliConsole console, CancellationToken cancellationToken = default)
    {
        Current.Value = console;
        var arguments = CreateRoot().Parse(args, WithoutResponseFiles);
        if (arguments.Errors.Count > 0)
        {
            foreach (var error in arguments.Errors)
            {
                console.Fail(error.Message);
            }

            console.Note($"Try: fleetprof {string.Join(' ', PathOf(arguments.CommandResult))}--help");
            return ExitCode.Usage;
        }

        return await InvokeAsync(arguments, console, cancellationToken);
    }

    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("FleetProf: which deploy made the pauses or the heap of your .NET fleet worse, and did the fix work.");
        foreach (var option in CliOptions.All)
        {
            root.Add(option);
        }

        foreach (var command in Verbs())
        {
            root.Add(command);
        }

        return root;
    }

    internal static CliContext ContextOf(ParseResult arguments) =>
        new(arguments, Current.Value ?? CliConsole.OfProcess());

    private static IEnumerable<Command> Verbs() =>
    [
        DemoCommand.Create(),
        UpCommand.Create(),
        AgentCommand.Create(),
        CaCommand.Create(),
        MigrateCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        ServicesCommand.Create(),
        InstancesCommand.Create(),
        DeploymentsCommand.Create(),
        TrendsCommand.Create(),
        CausesCommand.Create(),
        GcsCommand.Create(),
        KnobsCommand.Create(),
        AdviseCommand.Create(),
        CaptureCommand.Create(),
        CapturesCommand.Create(),
        StorageCommand.Create(),
        CampaignCommand.Create(),
        HoldCommand.Create(),
        HeapCommand.Create(),
        CompareCommand.Create(),
        ComparisonsCommand.Create(),
        ExperimentCommand.Create(),
        AnalyzeCommand.Create(),
        LoginCommand.Create(),
        TokenCommand.Create(),
        AccountCommand.Create(),
        AuditCommand.Create(),
        CompletionCommand.Create(),
    ];

    private static async Task<int> InvokeAsync(ParseResult arguments, CliConsole console, CancellationToken cancellationToken)
    {
        var configuration = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            // `demo` and `up` stop their children in this time after Ctrl+C.
            ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
        };
        try
        {
            return await arguments.InvokeAsync(configuration, cancellationToken);
        }
        catch (CommandFailedException failure)
        {
            console.Fail(failure.Message, failure.NextStep);
            return failure.ExitCode;
        }
        catch (Exception cut) when (cut is HttpRequestException or HttpIOException)
        {
            console.Fail($"A connection broke: {cut.Message}");
            return ExitCode.Unreachable;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A file that somebody named, the data folder, or stdout.
            console.Fail(refused.Message);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    private static IEnumerable<string> PathOf(System.CommandLine.Parsing.CommandResult command)
    {
        var names = new Stack<string>();
        for (var at = command; at.Parent is System.CommandLine.Parsing.CommandResult parent; at = parent)
        {
            names.Push(at.Command.Name);
        }

        return names.Append("");
    }
}
