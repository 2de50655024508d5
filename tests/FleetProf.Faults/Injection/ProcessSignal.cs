using System.Globalization;

namespace FleetProf.Faults.Injection;

/// <summary>Signals that must arrive: a fault that did not happen would be borne by everything.</summary>
internal static class ProcessSignal
{
    /// <summary>Null when it arrived, else what kill said.</summary>
    public static string? TrySend(int pid, string signal) => SystemCommand.TryRun("kill", $"-{signal}", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Throws <see cref="InvalidOperationException"/> when it did not arrive.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="signal">TERM, STOP or CONT.</param>
    /// <param name="isEnded">Whether the process was ended on purpose, for example by the other of two faults.</param>
    public static void Send(int pid, string signal, bool isEnded)
    {
        if (TrySend(pid, signal) is { } problem && !isEnded)
        {
            throw new InvalidOperationException($"Process {pid} was not sent {signal}: {problem}");
        }
    }
}
