namespace FleetProf.Cli.Server;

/// <summary>Content of connection.json, written by the portal for its owner only.</summary>
public sealed record Connection
{
    public required string Url { get; init; }

    public required string Token { get; init; }

    /// <summary>One-time link for a browser.</summary>
    public string? LoginUrl { get; init; }
}
