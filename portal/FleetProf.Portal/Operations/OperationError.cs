namespace FleetProf.Portal.Operations;

/// <summary>Why an operation has no, or no whole, result.</summary>
/// <param name="Code">"partial", "expired", or the failure of the only capture.</param>
/// <param name="Message">What happened and what to do.</param>
internal sealed record OperationError(string Code, string Message);
