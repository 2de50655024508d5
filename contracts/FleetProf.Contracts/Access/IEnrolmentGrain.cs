namespace FleetProf.Contracts.Access;

/// <summary>Join tokens and the agents that joined by them. Key: 0.</summary>
[Alias("fleetprof.enrolment")]
public interface IEnrolmentGrain : IGrainWithIntegerKey
{
    [Alias("describe")]
    Task<EnrolmentInfo> DescribeAsync();

    [Alias("create-token")]
    Task<JoinTokenCreation> CreateTokenAsync(JoinTokenRequest request, string by);

    /// <summary>Newest first.</summary>
    [Alias("list-tokens")]
    Task<IReadOnlyList<JoinToken>> ListTokensAsync(CancellationToken cancellationToken = default);

    /// <summary>False when unknown. Hosts that joined by it stay.</summary>
    [Alias("revoke-token")]
    Task<bool> RevokeTokenAsync(string tokenId, string by);

    /// <summary>Newest first.</summary>
    [Alias("list-agents")]
    Task<IReadOnlyList<EnrolledAgent>> ListAgentsAsync(CancellationToken cancellationToken = default);

    /// <summary>Those that may connect and are not connected now, first whose certificate ended or ends first: it has not renewed for longest.</summary>
    [Alias("list-silent-agents")]
    Task<IReadOnlyList<EnrolledAgent>> ListSilentAgentsAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets a pending agent have its certificate. False when no such agent waits.</summary>
    [Alias("approve-agent")]
    Task<bool> ApproveAgentAsync(string agentId, string by);

    /// <summary>Ends the agent's sessions within seconds and refuses it for ever. False when unknown.</summary>
    [Alias("revoke-agent")]
    Task<bool> RevokeAgentAsync(string agentId, string by, string? reason);

    /// <summary>As <see cref="ChangeRootAsync"/>, for portals of earlier versions: the text does not tell a refusal from a step.</summary>
    [Alias("rotate-root")]
    Task<string> RotateRootAsync(string by);

    /// <summary>The next step of a change of the root: makes a new one, uses it once all agents know it, drops the old ones.</summary>
    [Alias("change-root")]
    Task<RootChange> ChangeRootAsync(string by);
}
