namespace FleetProf.Cli.Server;

/// <summary>Why an operation has no whole result.</summary>
public sealed record OperationError(string Code, string Message);
