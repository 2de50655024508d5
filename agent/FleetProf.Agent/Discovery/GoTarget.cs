namespace FleetProf.Agent.Discovery;

/// <summary>A Go process that the host's policy names, captured by its own profilers behind its pprof port.</summary>
/// <param name="ProcessId">As the agent sees it.</param>
/// <param name="PprofPort">On 127.0.0.1; null when the policy names none, and then nothing can be captured.</param>
public sealed record GoTarget(int ProcessId, int? PprofPort) : TargetProcess
{
    public override int Pid => ProcessId;
}
