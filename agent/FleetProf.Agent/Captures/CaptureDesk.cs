using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>
/// Takes capture orders, runs each (capture, attempt) at most once ever, and answers every one with a result that is repeated until
/// acknowledged. Its memory is a journal in the state folder. Thread-safe.
/// </summary>
public sealed class CaptureDesk
{
    /// <summary>"captureId#attempt" that are under way or whose result is not acknowledged yet; for Hello.</summary>
    public IReadOnlyList<string> RunningCaptures => [];

    /// <summary>An order of the silo. Returns at once; repeats of a known order only repeat its result, if there is one.</summary>
    public void Accept(StartCapture order)
    {
    }

    /// <summary>Stops a capture; its result says Cancelled. Unknown ones are ignored.</summary>
    public void Cancel(CancelCapture order)
    {
    }

    /// <summary>The silo has the result: forget it.</summary>
    public void Acknowledge(ResultAck acknowledgement)
    {
    }

    /// <summary>A session is up: send what is not acknowledged (again) and resume uploads.</summary>
    public void OnConnected()
    {
    }

    /// <summary>Runs captures and uploads until cancelled, then stops sessions in their targets and drains them.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
