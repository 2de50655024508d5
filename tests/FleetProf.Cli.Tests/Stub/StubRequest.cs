namespace FleetProf.Cli.Tests.Stub;

/// <summary>What the stub was asked.</summary>
internal sealed record StubRequest(string Route, string? Authorization, string? IdempotencyKey, string Body);
