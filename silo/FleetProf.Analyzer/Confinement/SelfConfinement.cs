using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Confinement;

/// <summary>
/// What the analyzer takes from itself before it opens what others wrote, by whomever it was started. What the kernel does not have is left out;
/// <see cref="Attempts"/> shows what is in force.
/// </summary>
internal static class SelfConfinement
{
    /// <summary>"off" leaves everything as it is: for programs that call the analyzer inside of their own process, and as a control.</summary>
    public const string Variable = "FLEETPROF_ANALYZER_CONFINEMENT";
    public const string Off = "off";

    /// <summary>Says that this is the second start of the program, in a process whose files are held.</summary>
    private const string FilesHeld = "files";

    /// <param name="inputs">What is left to read.</param>
    /// <param name="output">The only folder that is left to write; null for none.</param>
    /// <exception cref="IOException">The output folder cannot be made.</exception>
    public static void Enter(IReadOnlyList<string> inputs, string? output)
    {
        var state = Environment.GetEnvironmentVariable(Variable);
        if (state == Off || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return;
        }

        // Without it neither layer is to be had; it also keeps programs with special rights from giving them.
        if (!Kernel.GiveUpNewPrivileges())
        {
            return;
        }

        // The kernel holds one thread and what that starts, and the runtime has started some already: a program that is started anew has only threads that are held.
        if (state != FilesHeld && FileRules.TryHold(inputs, output))
        {
            Kernel.StartAnew(Variable, FilesHeld);
        }

        Kernel.Filter(CallFilter.Build(RuntimeInformation.ProcessArchitecture, Environment.ProcessId, Kernel.IsMusl));
    }
}
