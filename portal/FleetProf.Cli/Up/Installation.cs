using FleetProf.Cli.Agents;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Up;

/// <summary>A silo, a portal and an agent that run as our children.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    private readonly InstallationPlan _plan;
    private readonly InstallationPrograms _programs;
    private readonly CliConsole _console;
    private readonly List<Child> _children = [];

    private Installation(InstallationPlan plan, CliConsole console)
    {
        _plan = plan;
        _console = console;
        _programs = new(plan);
    }

    /// <summary>In the order of their start.</summary>
    public IReadOnlyList<Child> Children => _children;

    /// <summary>Starts everything and waits until the portal can be used.</summary>
    /// <exception cref="CommandFailedException">A part did not start; what it said is in the message.</exception>
    public static async Task<Installation> StartAsync(InstallationPlan plan, CliContext context, CancellationToken cancellationToken)
    {
        var installation = new Installation(plan, context.Console);
        try
        {
            using var progress = new ProgressLine(context.Console, context.ShowsProgress);
            await installation.StartAsync(progress, cancellationToken);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Url, token and login link as the portal wrote them.</summary>
    public Connection Connection { get; private set; } = new() { Url = "", Token = "" };

    /// <summary>The agent first, so that its sessions in watched processes end and what it knows still arrives.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _children.Where(child => child.Name == "agent"))
        {
            await agent.DisposeAsync();
        }

        await Task.WhenAll(_children.Select(child => child.DisposeAsync().AsTask()));
    }

    private async Task StartAsync(ProgressLine progress, CancellationToken cancellationToken)
    {
        PrivateFolder.Create(_plan.DataFolder);
        PrivateFolder.Create(_plan.StateFolder);
        PrivateFolder.Create(_plan.LogFolder);
        var before = Connection.TryRead(_plan.DataFolder)?.LoginUrl;

        // Side by side: the portal waits for the silo by itself, and both spend their first seconds compiling.
        progress.Show("starting the silo and the portal ...");
        var silo = Start(_programs.Silo());
        var portal = Start(_programs.Portal());
        await UntilAsync([silo, portal], IsSiloReadyAsync, cancellationToken);
        silo.IsReady = true;
        if (_plan.HasAgent && _programs.EnrolmentUrl is null)
        {
            Start(_programs.Agent()).IsReady = true;
        }

        progress.Show("waiting for the portal ...");
        await UntilAsync([portal], _ => Task.FromResult(TakeConnection(before)), cancellationToken);
        portal.IsReady = true;
        if (_plan.HasAgent && _programs.EnrolmentUrl is { } url)
        {
            progress.Show("joining this host ...");
            await JoinAsync(url, cancellationToken);
            Start(_programs.Agent()).IsReady = true;
        }

        progress.Show("ready");
    }

    /// <summary>Our own agent comes with a certificate like any other. After so long a time off that none can be renewed it joins as another agent.</summary>
    private async Task JoinAsync(string url, CancellationToken cancellationToken)
    {
        if (JoinedHost.IsIn(_programs.AgentFolder) && !JoinedHost.IsOver(_programs.AgentFolder, _console.Clock.GetUtcNow()))
        {
            return;
        }

        using var server = ServerConnection.Open(Connection.Url, Connection.Token, _plan.DataFolder);
        var token = await server.PostAsync<JoinTokenCreation>("api/v1/join-tokens", new JoinTokenRequest { Name = "this host", LifeMinutes = 5 }, cancellationToken);
        if (await AgentJoin.RunAsync(new(url, token.Token, token.CaHash) { IsQuiet = true }, _programs.AgentFolder, _plan.StateFolder, cancellationToken) != ExitCode.Success)
        {
            throw new CommandFailedException(ExitCode.Usage, "This host could not join its own silo.", $"Logs are in {_plan.LogFolder}");
        }
    }

    private Child Start(ChildProgram program)
    {
        var child = Child.Start(program, _plan.LogFolder, _console);
        _children.Add(child);
        return child;
    }

    private bool TakeConnection(string? before)
    {
        if (Connection.TryRead(_plan.DataFolder) is not { LoginUrl: { Length: > 0 } login } connection || login == before)
        {
            return false;
        }

        Connection = connection;
        return true;
    }

    private async Task<bool> IsSiloReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(_programs.SiloReady);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task UntilAsync(Child[] starting, Func<HttpClient, Task<bool>> isReady, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        var started = _console.Clock.GetTimestamp();
        while (!await isReady(http))
        {
            foreach (var child in starting.Where(child => child.EndBeforeReady.IsCompleted))
            {
                var end = await child.EndBeforeReady;
                throw new CommandFailedException(
                    ExitCode.Usage, $"The {child.Name} did not start: it {end.How}.\n{end.LastWords}".TrimEnd(), $"Its log is in {_plan.LogFolder}");
            }

            if (_console.Clock.GetElapsedTime(started) > Patience)
            {
                throw new CommandFailedException(
                    ExitCode.Unreachable, $"The {starting[0].Name} is not ready after {Patience.TotalSeconds:0} s.", $"Its log is in {_plan.LogFolder}");
            }

            await Task.Delay(Interval, _console.Clock, cancellationToken);
        }
    }
}
