using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Tests.Stub;

/// <summary>One run of the command line in this process.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Against the stub, with its token.</summary>
    public static Task<CliRun> OfAsync(StubPortal portal, params string[] args) =>
        OfAsync(new Dictionary<string, string> { ["FLEETPROF_URL"] = portal.Url, ["FLEETPROF_TOKEN"] = StubPortal.Token }, args);

    public static async Task<CliRun> OfAsync(
        IReadOnlyDictionary<string, string> environment, string[] args, CancellationToken? cancellation = null, MemoryStream? bytes = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new CliConsole(output, error, name => environment.GetValueOrDefault(name))
        {
            Clock = new HurriedClock(),
            OpenOut = () => bytes ?? new MemoryStream(),
        };
        var code = await CliHost.RunAsync(args, console, cancellation ?? TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Stdout, stderr and code, for golden files.</summary>
    public override string ToString() => $"{Out}{(Error.Length > 0 ? $"--- stderr\n{Error}" : "")}--- exit code {ExitCode}\n";
}
