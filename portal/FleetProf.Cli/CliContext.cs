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
    /// <exception cref="CommandFailedException">--data names none.</exception>
    public string DataFolder => FullPathOf(arguments.GetValue(CliOptions.Data) ?? CliOptions.DefaultDataFolder, "--data");

    public bool ShowsProgress => !arguments.GetValue(CliOptions.NoProgress);

    public T? Get<T>(Option<T> option) => arguments.GetValue(option);

    public T Get<T>(Argument<T> argument) => arguments.GetRequiredValue(argument);

    /// <summary>Finds the portal: --url/--token, then FLEETPROF_URL/FLEETPROF_TOKEN unless --data is given, then connection.json.</summary>
    /// <exception cref="CommandFailedException">Nothing tells where the portal is, or the token would go to somebody else, or there for everybody to read.</exception>
    public ServerConnection Connect()
    {
        var isFolderNamed = arguments.GetValue(CliOptions.Data) is not null;
        return ServerConnection.Open(
            arguments.GetValue(CliOptions.Url) ?? Variable("FLEETPROF_URL"),
            arguments.GetValue(CliOptions.Token) ?? Variable("FLEETPROF_TOKEN"),
            DataFolder,
            isFolderNamed,
            arguments.GetValue(CliOptions.AllowPlainHttp));

        // Who names a folder means its portal, whatever the shell was set up for.
        string? Variable(string name) => isFolderNamed ? null : Console.Variable(name);
    }

    /// <summary>Of a file or folder that a person names.</summary>
    /// <param name="name">As it was given.</param>
    /// <param name="option">By which; an argument has none.</param>
    /// <exception cref="CommandFailedException">The name is empty.</exception>
    internal static string FullPathOf(string name, string? option = null) => name.Length > 0
        ? Path.GetFullPath(name)
        : throw new CommandFailedException(ExitCode.Usage, $"{(option is null ? "" : $"{option}: ")}'' is no file or folder.");
}
