namespace FleetProf.Agent.Access;

/// <summary>How a host that has joined joins anew, for an operator.</summary>
internal static class RejoinAdvice
{
    /// <summary>The agent of a unit or a pod does not read the folder that the command fills by itself.</summary>
    public const string Text = "make a token with `fleetprof agent token create`, and run `fleetprof agent join` with --again "
        + "(a service of systemd: stop it, join with --state-folder /var/lib/fleetprof-agent, start it; a pod: put a new invitation into its secret and restart it)";
}
