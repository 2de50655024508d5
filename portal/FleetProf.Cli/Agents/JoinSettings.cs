namespace FleetProf.Cli.Agents;

/// <summary>What `agent join` needs.</summary>
/// <param name="Url">Enrolment address.</param>
/// <param name="Token">Never printed.</param>
/// <param name="CaHash">"sha256:…".</param>
internal sealed record JoinSettings(string Url, string Token, string CaHash)
{
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Only failures are told.</summary>
    public bool IsQuiet { get; init; }

    public bool Again { get; init; }

    public override string ToString() => Url;
}
