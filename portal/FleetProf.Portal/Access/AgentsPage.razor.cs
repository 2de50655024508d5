using FleetProf.Contracts.Access;
using FleetProf.Portal.Layout;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FleetProf.Portal.Access;

/// <summary>Who joined, who waits, and a token for the next host.</summary>
public sealed partial class AgentsPage : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _left = new();
    private readonly LatestLoad _loads = new();
    private DateTimeOffset? _asOf;
    private EnrolmentInfo? _info;
    private IReadOnlyList<EnrolledAgent>? _agents;
    private JoinTokenCreation? _made;
    private string? _problem;

    /// <summary>Revoking is for ever: the button is pressed twice.</summary>
    private string? _doubted;

    [Inject] public required IClusterClient Cluster { get; init; }

    [Inject] public required TimeProvider Clock { get; init; }

    [CascadingParameter] public Task<AuthenticationState>? Login { get; set; }

    /// <summary>Only those that may connect and do not.</summary>
    [SupplyParameterFromQuery(Name = "silent")] public bool Silent { get; set; }

    private IEnrolmentGrain Grain => Cluster.GetGrain<IEnrolmentGrain>(0);

    protected override Task OnParametersSetAsync() => LoadAsync();

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

    private Task MakeTokenAsync() => AskAsync(async () =>
    {
        var made = await Grain.CreateTokenAsync(new JoinTokenRequest { Name = "portal" }, await CallerAsync());
        (_made, _problem) = (made.Problem is null ? made : null, made.Problem);
    });

    private Task ApproveAsync(string agentId) => AskAsync(async () =>
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
        return AskAsync(async () =>
        {
            await Grain.RevokeAgentAsync(agentId, await CallerAsync(), null);
            await LoadAsync();
        });
    }

    private async Task AskAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            _problem = OutageSentence.Of(failure);
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
