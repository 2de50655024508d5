namespace FleetProf.Silo.Access;

/// <summary>What a refused agent or host is told: one sentence, and what to do.</summary>
internal static class AccessAdvice
{
    // The agent of a unit or a pod does not read the folder that the command fills by itself.
    private const string Join = "make a token with `fleetprof agent token create` and run `fleetprof agent join` "
        + "(a service of systemd: stop it, add --state-folder /var/lib/fleetprof-agent, start it; a pod: put a new invitation into its secret and restart it)";

    public static string Explain(AccessReason reason) => reason switch
    {
        AccessReason.NoCertificate => $"This port is for agents that have joined: {Join}.",
        AccessReason.UntrustedIssuer => $"The certificate is of another authority. Delete the agent's enrolment.json, then {Join}.",
        AccessReason.WrongUsage or AccessReason.NoIdentity => $"The certificate is not an agent's. Delete the agent's enrolment.json, then {Join}.",
        AccessReason.NotYetValid => "The certificate is not valid yet. Set the clocks of this host and of the silo.",
        AccessReason.Expired => $"The agent's certificate has expired. Within FleetProf:Enrolment:RenewalGrace of that the agent renews it by itself, where the clocks of its host and of the silo are right; after that {Join}.",
        AccessReason.Renewed => "The certificate of this connection has ended; it was renewed meanwhile. Reconnect.",
        AccessReason.UnknownAgent => $"The silo does not know this agent. Delete its enrolment.json, then {Join}.",
        AccessReason.Pending => "The agent waits for approval: `fleetprof agent approve ID`.",
        AccessReason.Revoked => $"The agent was revoked. To let this host in again, delete the agent's enrolment.json, then {Join}.",
        AccessReason.Quarantined or AccessReason.Replaced =>
            $"Two copies of this agent's state folder are in use, so both are locked out. Find out who copied it, delete enrolment.json in each copy, and for each host that is yours {Join}.",
        AccessReason.OtherIdentity => "The message names another agent than the certificate. An agent's id is that of its certificate.",
        AccessReason.OtherCapture => "The capture was ordered from another agent, and only that one may upload it.",
        AccessReason.TokenMalformed => "This is no join token. Copy the whole of what `fleetprof agent token create` printed; it begins with fpe_.",
        AccessReason.TokenUnknown => "The join token is not valid. Make another with `fleetprof agent token create`.",
        AccessReason.TokenExpired => "The join token has expired. Make another with `fleetprof agent token create`.",
        AccessReason.TokenRevoked => "The join token was revoked. Make another with `fleetprof agent token create`.",
        AccessReason.TokenUsedUp => "The join token has been used as often as it may. Make another with `fleetprof agent token create`.",
        AccessReason.TokenElsewhere => "The join token does not hold for this host's network. Make one that does with `fleetprof agent token create --network CIDR`.",
        AccessReason.RequestMalformed => "The signing request cannot be read. Use the `fleetprof agent join` of this version.",
        AccessReason.RequestNotProven => "The signing request is not signed by its own key.",
        AccessReason.RequestKeyUnsuitable => "The key must be ECDSA on the curve P-256.",
        AccessReason.TooMany => "Too many hosts join at once, or too many attempts from this address failed. Come back later.",
        _ => "",
    };
}
