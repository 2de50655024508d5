using System.Text;

namespace FleetProf.Cli.Tests.Stub;

/// <summary>What the stub answers. Missing bytes are promised but never sent: the connection breaks instead, or stalls.</summary>
internal sealed record StubAnswer(int Status, string ContentType, byte[] Body, int MissingBytes = 0)
{
    /// <summary>Content-Disposition; null for none.</summary>
    public string? Disposition { get; init; }

    /// <summary>Retry-After in seconds; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The connection stays open instead of breaking where bytes are missing.</summary>
    public bool IsStalled { get; init; }

    public static StubAnswer Problem(int status, string detail) =>
        new(status, "application/problem+json", Encoding.UTF8.GetBytes($$"""{"title":"t","status":{{status}},"detail":"{{detail}}"}"""));

    public static StubAnswer Text(string text) => new(200, "text/html", Encoding.UTF8.GetBytes(text));
}
