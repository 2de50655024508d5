using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>One agent that waits and one that is active.</summary>
internal sealed class FakeEnrolment(FakeWorld world) : Grain, IEnrolmentGrain
{
    public const string Pending = "01KB0000000000000000000001";
    public const string Active = "01KB0000000000000000000002";
    public const string TokenId = "0123456789ab";

    public Task<EnrolmentInfo> DescribeAsync() =>
        Task.FromResult(new EnrolmentInfo { IsOn = true, JoinUrl = "https://silo.example:7444", CaHash = "sha256:00", Roots = ["sha256:00"] });

    public Task<JoinTokenCreation> CreateTokenAsync(JoinTokenRequest request, string by) => Task.FromResult(request.MaxUses > 10_000
        ? new JoinTokenCreation { Problem = "A token serves 1 to 10000 hosts." }
        : new JoinTokenCreation { TokenId = TokenId, Token = $"fpe_{TokenId}_by-{by}", JoinUrl = "https://silo.example:7444", CaHash = "sha256:00" });

    public Task<IReadOnlyList<JoinToken>> ListTokensAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<JoinToken>>([new() { TokenId = TokenId, Name = "racks", MaxUses = 20, Uses = 3, CreatedBy = "ann", ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(40_000) }]);

    public Task<bool> RevokeTokenAsync(string tokenId, string by) => Task.FromResult(tokenId == TokenId);

    public Task<IReadOnlyList<EnrolledAgent>> ListAgentsAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<EnrolledAgent>>(
    [
        new() { AgentId = Pending, Standing = world.ApprovedAgents.ContainsKey(Pending) ? AgentStanding.Active : AgentStanding.Pending, HostName = "rack-7", ChangedBy = "token 0123456789ab", TokenId = TokenId },
        new() { AgentId = Active, Standing = AgentStanding.Active, HostName = "rack-8", ChangedBy = "ann", TokenId = TokenId, Labels = new Dictionary<string, string> { ["team"] = "shop" } },
    ]);

    public async Task<IReadOnlyList<EnrolledAgent>> ListSilentAgentsAsync(CancellationToken cancellationToken = default) =>
        [.. (await ListAgentsAsync(cancellationToken)).Where(agent => agent.AgentId == Active).Select(agent => agent with { IsAttached = false })];

    public Task<bool> ApproveAgentAsync(string agentId, string by) => Task.FromResult(agentId == Pending && world.ApprovedAgents.TryAdd(agentId, by));

    public Task<bool> RevokeAgentAsync(string agentId, string by, string? reason) => Task.FromResult(agentId is Pending or Active);

    public Task<string> RotateRootAsync(string by) => throw new NotSupportedException("Only portals of earlier versions ask so.");

    /// <summary>The second step comes too early.</summary>
    public Task<RootChange> ChangeRootAsync(string by) => Task.FromResult(world.RootChanges++ == 0
        ? new RootChange { Said = "Made the new root sha256:01." }
        : new RootChange { Problem = "Too early: not every agent knows the new root yet. Rotate again after 2030-01-01 00:00:00Z." });
}
