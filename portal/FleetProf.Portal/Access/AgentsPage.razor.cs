using FleetProf.Contracts.Access;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FleetProf.Portal.Access;

/// <summary>Who joined, who waits, and a token for the next host.</summary>
public sealed partial class AgentsPage : IDisposable
{
    /// <summary>Rows at first, and with each press for more. A row is a kilobyte or more over the circuit when it comes, and some of that again at each look.</summary>
    private const int Step = 100;

    private const int AgentsPerInterval = 800;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan TypingRest = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private DateTimeOffset? _asOf;
    private EnrolmentInfo? _info;
    private IReadOnlyList<EnrolledAgent>? _agents;
    private JoinTokenCreation? _made;
    private string? _problem;

    /// <summary>Why the last action has, or may have, done nothing. What is read meanwhile says nothing of it.</summary>
    private string? _actProblem;
    private bool? _shownSilent;
    private string _text = "";
    private int _typing;
    private int _most = Step;

    /// <summary>Revoking is for ever: the button is pressed twice.</summary>
    private string? _doubted;

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required NavigationManager Navigation { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    /// <summary>Only those that may connect and do not.</summary>
    [SupplyParameterFromQuery(Name = "silent")] public bool Silent { get; set; }

    /// <summary>Words that must all occur in a row; empty shows all.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    private IEnrolmentGrain Grain => Cluster.GetGrain<IEnrolmentGrain>(0);

    protected override async Task OnParametersSetAsync()
    {
        if (_typing == 0 && _text.Trim() != (Text ?? ""))
        {
            _text = Text ?? "";
        }

        if (_shownSilent != Silent)
        {
            _shownSilent = Silent;
            await LoadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            Start(KeepFreshAsync);
        }
    }

    private async Task KeepFreshAsync()
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_left.Token))
            {
                await InvokeAsync(LoadAsync);
                // Each look takes the whole list from the silo's table: that of ten thousand agents once a minute.
                timer.Period = Interval * Math.Clamp((_agents?.Count ?? 0) / AgentsPerInterval, 1, 12);
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private Task LoadAsync()
    {
        var isSilent = Silent;
        return _loads.RunAsync(
            async () =>
            {
                var info = await Grain.DescribeAsync();
                var agents = await (isSilent ? Grain.ListSilentAgentsAsync(_left.Token) : Grain.ListAgentsAsync(_left.Token));
                return () => (_info, _agents, _asOf, _problem) = (info, agents, Clock.GetUtcNow(), null);
            },
            failure => _problem = OutageSentence.Of(failure));
    }

    private List<EnrolledAgent> Found(IReadOnlyList<EnrolledAgent> agents)
    {
        var words = _text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. agents.Where(agent => words.All(word => Matches(agent, word)))];
    }

    private static bool Matches(EnrolledAgent agent, string word)
    {
        return Has(agent.HostName) || Has(agent.AgentId) || Has(agent.ChangedBy) || Has(agent.Standing.ToString()) || agent.Labels.Any(label => Has($"{label.Key}={label.Value}"));

        bool Has(string text) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Filters at once, but writes the address only when the typing rests: each address comes back later than the next letter.</summary>
    private async Task OnTextAsync()
    {
        var turn = ++_typing;
        await Task.Delay(TypingRest, Clock);
        if (turn == _typing && !_left.IsCancellationRequested)
        {
            _typing = 0;
            var text = _text.Trim();
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("q", text.Length > 0 ? text : null), replace: true);
        }
    }

    private Task MakeTokenAsync() => AskAsync(", so no join token can be shown", async () =>
    {
        var made = await Grain.CreateTokenAsync(new JoinTokenRequest { Name = "portal" }, await CallerAsync());
        (_made, _actProblem) = (made.Problem is null ? made : null, made.Problem);
    });

    private Task ApproveAsync(string agentId) => AskAsync($"; it is unknown whether agent {agentId} was approved, and a second press does no harm", async () =>
    {
        await Grain.ApproveAgentAsync(agentId, await CallerAsync());
        await LoadAsync();
    });

    private Task RevokeAsync(string agentId)
    {
        if (_doubted != agentId)
        {
            _doubted = agentId;
            return Task.CompletedTask;
        }

        _doubted = null;
        return AskAsync($"; it is unknown whether agent {agentId} was revoked, and a second press does no harm", async () =>
        {
            await Grain.RevokeAgentAsync(agentId, await CallerAsync(), null);
            await LoadAsync();
        });
    }

    /// <param name="consequence">What comes of it when no answer comes, with what joins it.</param>
    /// <param name="ask">Does it.</param>
    private async Task AskAsync(string consequence, Func<Task> ask)
    {
        _actProblem = null;
        try
        {
            await ask();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _actProblem = OutageSentence.Of(failure, consequence, OutageSentence.TryAgain);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task<string> CallerAsync() => PrincipalClaims.NameOf((await Login!).User);

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}
