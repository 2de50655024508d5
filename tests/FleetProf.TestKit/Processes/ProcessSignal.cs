using System.Diagnostics;
using System.Globalization;

namespace FleetProf.TestKit.Processes;

/// <summary>Signals that must arrive: a fault that did not happen would be borne by everything.</summary>
public static class ProcessSignal
{
    /// <summary>Null when it arrived, else what kill said.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="signal">Without SIG, for example TERM.</param>
    public static async Task<string?> TrySendAsync(int pid, string signal)
    {
        var start = new ProcessStartInfo("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true };
        using var kill = Process.Start(start) ?? throw new InvalidOperationException("kill did not start.");
        var said = await kill.StandardError.ReadToEndAsync();
        await kill.WaitForExitAsync();
        return kill.ExitCode == 0 ? null : said.Trim();
    }

    /// <summary>Throws <see cref="InvalidOperationException"/> when it did not arrive.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="signal">Without SIG, for example TERM.</param>
    /// <param name="isEnded">Whether the process was ended on purpose, for example by the other of two faults.</param>
    public static async Task SendAsync(int pid, string signal, bool isEnded = false)
    {
        if (await TrySendAsync(pid, signal) is { } problem && !isEnded)
        {
            throw new InvalidOperationException($"Process {pid} was not sent {signal}: {problem}");
        }
    }
}
