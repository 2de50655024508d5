using System.CommandLine;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Up;

/// <summary>Options that `up` and `demo` share.</summary>
internal sealed class UpOptions
{
    private const int DefaultPort = 8080;

    /// <summary>Timers take no more than 2^32 ms, which is 49.7 days.</summary>
    private const int MostDays = 49;

    public Option<int> Port { get; } = new("--port", "-p")
    {
        Description = $"Port of the portal. 0: a free one. Default: {DefaultPort}.",
        DefaultValueFactory = _ => DefaultPort,
    };

    public Option<string?> For { get; } = new("--for") { Description = "Stop after this time, for example 120s. Default: Ctrl+C.", HelpName = "TIME" };

    public Option<bool> NoBrowser { get; } = new("--no-browser") { Description = "Do not open a browser." };

    public IEnumerable<Option> All => [Port, For, NoBrowser];

    /// <exception cref="CommandFailedException">The port is none, or taken.</exception>
    public int PortOf(CliContext context)
    {
        var port = context.Get(Port);
        return port switch
        {
            0 => FreePorts.Find(1, Random.Shared)[0],
            < 0 or > 65535 => throw new CommandFailedException(ExitCode.Usage, $"--port: {port} is no port.", "Use 1 to 65535, or 0 for a free one."),
            _ when !FreePorts.IsFree(port) => throw new CommandFailedException(
                ExitCode.Usage, $"Port {port} cannot be used: something else listens there.", "Choose another with --port, or --port 0 for a free one."),
            _ => port,
        };
    }

    /// <summary>Null: until it is stopped.</summary>
    /// <exception cref="CommandFailedException">It is no time span, or too long a one.</exception>
    public TimeSpan? DurationOf(CliContext context)
    {
        if (context.Get(For) is not { } text)
        {
            return null;
        }

        var duration = TimeArgument.ParseDuration("--for", text);
        return duration <= TimeSpan.FromDays(MostDays)
            ? duration
            : throw new CommandFailedException(ExitCode.Usage, $"--for: '{text}' is longer than {MostDays}d.", "Leave it out to run until Ctrl+C.");
    }

    /// <summary>The link goes to stdout, so that a script can take it.</summary>
    public void ShowLink(CliContext context, Installation installation)
    {
        var link = installation.Connection.LoginUrl!;
        context.Console.Note("Open this link once to log in; `fleetprof login` makes another:");
        context.Console.Out.WriteLine(link);
        context.Console.Out.Flush();
        if (!context.Get(NoBrowser))
        {
            Browser.Open(link, context.Console);
        }
    }
}
