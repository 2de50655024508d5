using System.Diagnostics;
using System.Globalization;

namespace FleetProf.TestKit.Processes;

/// <summary>Signals that must arrive: a fault that did not happen would be borne by everything.</summary>
public static class ProcessSignal
{
    /// <summary>A process that waits for a disk stops when it has it.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    /// <summary>Null when it arrived, else what kill said. After STOP the process has stopped: it obeys when it runs next, and would take another signal first.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="signal">Without SIG, for example TERM.</param>
    public static async Task<string?> TrySendAsync(int pid, string signal)
    {
        var start = new ProcessStartInfo("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true };
        using var kill = Process.Start(start) ?? throw new InvalidOperationException("kill did not start.");
        var said = await kill.StandardError.ReadToEndAsync();
        await kill.WaitForExitAsync();
        return kill.ExitCode != 0 ? said.Trim() : signal == "STOP" && !await HasStoppedAsync(pid) ? $"it does not stop within {StopLimit.TotalSeconds:0} s." : null;
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

    private static async Task<bool> HasStoppedAsync(int pid)
    {
        var began = Stopwatch.GetTimestamp();
        while (StateOf(pid) is { } state && state is not ('T' or 't' or 'Z' or 'X'))
        {
            if (Stopwatch.GetElapsedTime(began) > StopLimit)
            {
                return false;
            }

            await Task.Delay(1);
        }

        return true;
    }

    /// <summary>The letter behind the name in /proc/PID/stat (proc(5)); null when it is gone.</summary>
    private static char? StateOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
