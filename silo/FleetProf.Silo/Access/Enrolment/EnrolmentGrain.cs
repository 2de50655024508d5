using System.Globalization;
using System.Net;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Fleet.Exchange;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>What operators do with join tokens and agents. Its truth is the catalog, so any silo may answer.</summary>
[StatelessWorker]
internal sealed class EnrolmentGrain(
    JoinTokenTable tokens, EnrolledTable agents, AccessLog log, IOptions<EnrolmentOptions> options, TimeProvider clock, IServiceProvider services) : Grain, IEnrolmentGrain
{
    private const int MaxRows = 10_000;
    private const int MaxUses = 10_000;
    private const int MaxNetworks = 32;
    private const int MaxLabels = 32;
    private const int LongestText = 128;
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    /// <summary>Only where enrolment is on is there an authority.</summary>
    private CertificateAuthority Authority => services.GetRequiredService<CertificateAuthority>();

    public Task<EnrolmentInfo> DescribeAsync()
    {
        if (!options.Value.IsOn)
        {
            return Task.FromResult(new EnrolmentInfo());
        }

        var keys = Authority.Keys;
        return Task.FromResult(new EnrolmentInfo
        {
            IsOn = true,
            JoinUrl = options.Value.JoinUrl(),
            CaHash = AuthorityKeys.HashOf(keys.Root),
            Roots = [.. keys.Roots.Select(AuthorityKeys.HashOf)],
            NextRoot = keys.NextRoot is { } next ? AuthorityKeys.HashOf(next) : null,
            NextRootReadyAt = keys.NextRoot is null ? null : keys.NextRootAt + Authority.Spread,
        });
    }

    public async Task<JoinTokenCreation> CreateTokenAsync(JoinTokenRequest request, string by)
    {
        if (ProblemOf(request) is { } problem)
        {
            PendingAudit.Current?.Fail(problem);
            return new JoinTokenCreation { Problem = problem };
        }

        var token = JoinTokenText.Create();
        var expiresAt = clock.GetUtcNow() + TimeSpan.FromMinutes(request.LifeMinutes);
        PendingAudit.Current?.Explain(token.Id, Describe(request));
        await tokens.AddAsync(token, request, by, expiresAt);
        log.Changed("made join token", token.Id, by);
        return new JoinTokenCreation
        {
            TokenId = token.Id,
            Token = token.Reveal(),
            JoinUrl = options.Value.JoinUrl(),
            CaHash = AuthorityKeys.HashOf(Authority.Keys.Root),
            ExpiresAt = expiresAt,
        };
    }

    public Task<IReadOnlyList<JoinToken>> ListTokensAsync(CancellationToken cancellationToken = default) => tokens.ListAsync(MaxRows, cancellationToken);

    public async Task<bool> RevokeTokenAsync(string tokenId, string by)
    {
        var isKnown = JoinTokenText.IsId(tokenId) && await tokens.RevokeAsync(tokenId);
        return Told(isKnown, "revoked join token", tokenId, by);
    }

    public async Task<IReadOnlyList<EnrolledAgent>> ListAgentsAsync(CancellationToken cancellationToken = default)
    {
        var (attached, areAll) = await services.GetRequiredService<Attachments>().ListAsync();
        return [.. (await agents.ListAsync(MaxRows, cancellationToken)).Select(agent => agent with { IsAttached = attached.Contains(agent.AgentId) ? true : areAll ? false : null })];
    }

    public async Task<IReadOnlyList<EnrolledAgent>> ListSilentAgentsAsync(CancellationToken cancellationToken = default)
    {
        var (attached, areAll) = await services.GetRequiredService<Attachments>().ListAsync();
        return [.. (await agents.ListSilentAsync(attached, MaxRows, cancellationToken)).Select(agent => agent with { IsAttached = areAll ? false : null })];
    }

    public async Task<bool> ApproveAgentAsync(string agentId, string by) =>
        Told(AgentName.IsId(agentId) && await agents.ApproveAsync(agentId, by), "approved agent", agentId, by);

    public async Task<bool> RevokeAgentAsync(string agentId, string by, string? reason)
    {
        var isKnown = AgentName.IsId(agentId) && await agents.RevokeAsync(agentId, by, reason is { Length: > LongestText } ? reason[..LongestText] : reason);
        if (isKnown && options.Value.IsOn)
        {
            // At once for the sessions of this silo; the others look by themselves.
            await services.GetRequiredService<StandingWatch>().CheckAsync();
        }

        return Told(isKnown, "revoked agent", agentId, by);
    }

    public async Task<string> RotateRootAsync(string by)
    {
        var change = await ChangeRootAsync(by);
        return change.Problem ?? change.Said;
    }

    public async Task<RootChange> ChangeRootAsync(string by)
    {
        if (!options.Value.IsOn)
        {
            PendingAudit.Current?.Fail(Off);
            return new RootChange { Problem = Off };
        }

        var change = await new RootRotation(Authority, services.GetRequiredService<AuditTable>()).StepAsync();
        if (change.Problem is null)
        {
            log.Changed("changed the authority's root:", change.Said, by);
        }

        return change;
    }

    private const string Off = $"Hosts cannot join this silo: {EnrolmentOptions.Section}:{nameof(EnrolmentOptions.Listen)} is not set. Set it, for example to 0.0.0.0:7444, "
        + $"and {SiloOptions.Section}:{nameof(SiloOptions.AgentListen)}, where agents connect, to 0.0.0.0:7443, and restart the silo; or run `fleetprof up --listen ADDRESS`.";

    /// <summary>What the token gives away, for the audit log; the networks, which may be many, last.</summary>
    private static string Describe(JoinTokenRequest request)
    {
        var approval = request.NeedsApproval ? "each waits for approval" : "without approval";
        var networks = request.Networks.Count == 0 ? "every network" : string.Join(' ', request.Networks);
        return string.Create(CultureInfo.InvariantCulture, $"'{request.Name}': {request.MaxUses} hosts within {request.LifeMinutes} minutes, {approval}, from {networks}");
    }

    private string? ProblemOf(JoinTokenRequest request) => request switch
    {
        _ when !options.Value.IsOn => Off,
        { LifeMinutes: < 1 } or { LifeMinutes: > 43_200 } => $"A token lives 1 minute to {LongestLife.TotalDays:0} days.",
        { MaxUses: < 1 or > MaxUses } => $"A token serves 1 to {MaxUses} hosts.",
        { Name.Length: > LongestText } => $"The name takes at most {LongestText} characters.",
        { Networks.Count: > MaxNetworks } or { Labels.Count: > MaxLabels } => $"A token takes at most {MaxNetworks} networks and {MaxLabels} labels.",
        _ when request.Networks.FirstOrDefault(network => !IPNetwork.TryParse(network, out _)) is { } wrong => $"'{wrong}' is no network. Write it like 10.1.0.0/16.",
        _ when request.Labels.FirstOrDefault(label => label.Key.Length is 0 or > LongestText || label.Value.Length > LongestText) is { Key: { } key } => $"The label '{key}' is empty or too long.",
        _ => null,
    };

    private bool Told(bool isDone, string what, string id, string by)
    {
        if (isDone)
        {
            log.Changed(what, id, by);
        }

        return isDone;
    }
}
