namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>A named failure of the diagnostic port; the message says what was seen and what to do.</summary>
public sealed class DiagnosticIpcException(DiagnosticFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public DiagnosticFailure Failure { get; } = failure;
}
