using System.CommandLine;

namespace FleetProf.Cli;

/// <summary>Builds verbs whose failures become a message on stderr and an exit code.</summary>
public static class CliCommand
{
    /// <summary>A verb that runs.</summary>
    public static Command Create(
        string name, string description, IEnumerable<Symbol> symbols, Func<CliContext, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        command.SetAction((arguments, cancellationToken) => run(CliHost.ContextOf(arguments), cancellationToken));
        return command;
    }

    /// <summary>A noun with verbs under it.</summary>
    public static Command Group(string name, string description, params IEnumerable<Command> verbs)
    {
        var command = new Command(name, description);
        foreach (var verb in verbs)
        {
            command.Add(verb);
        }

        return command;
    }
}
