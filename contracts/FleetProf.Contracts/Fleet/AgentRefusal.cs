namespace FleetProf.Contracts.Fleet;

/// <summary>Why an agent may not attach. Numbers equal Refusal.Reason of agent.proto.</summary>
public enum AgentRefusal
{
    None = 0,
    UnsupportedAgent = 1,
    DuplicateAgent = 2,
    NotAuthorised = 3,
    Overloaded = 4,
    Revoked = 5,
    Quarantined = 6,
    OtherIdentity = 7,
}
