using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli;

/// <summary>What every verb works with: its parsed arguments, the terminal and the way to the portal.</summary>
public sealed class CliContext(ParseResult arguments, CliConsole console)
{
    public CliConsole Console { get; } = console;

    public TimeProvider Clock => Console.Clock;

    public OutputFormat Output => arguments.GetValue(CliOptions.Output);

    /// <summary>Folder of `demo` and `up`; connection.json lies in it.</summary>
    public string DataFolder => Path.GetFullPath(arguments.GetValue(CliOptions.Data) ?? CliOptions.DefaultDataFolder);

    public bool ShowsProgress => !arguments.GetValue(CliOptions.NoProgress);

    public T? Get<T>(Option<T> option) => arguments.GetValue(option);

    public T Get<T>(Argument<T> argument) => arguments.GetRequiredValue(argument);

    /// <summary>Finds the portal: --url/--token, then FLEETPROF_URL/FLEETPROF_TOKEN, then connection.json.</summary>
    /// <exception cref="CommandFailedException">Nothing tells where the portal is, or the token would go there for everybody to read.</exception>
    public ServerConnection Connect() => ServerConnection.Open(
        arguments.GetValue(CliOptions.Url) ?? Console.Variable("FLEETPROF_URL"),
        arguments.GetValue(CliOptions.Token) ?? Console.Variable("FLEETPROF_TOKEN"),
        DataFolder,
        arguments.GetValue(CliOptions.AllowPlainHttp));
}
