using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Control;

/// <summary>The way to the silo, while there is one.</summary>
public interface IControlOutput
{
    /// <summary>Queues a frame on the current session. False: there is no session, or its queue is full; what must not be lost is kept by the caller and sent again after the next Welcome.</summary>
    bool TrySend(AgentFrame frame);
}
