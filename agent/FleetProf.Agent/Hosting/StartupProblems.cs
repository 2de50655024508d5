using FleetProf.Agent.Discovery.Procfs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetProf.Agent.Hosting;

/// <summary>Turns what keeps the agent from starting into lines for people.</summary>
internal static class StartupProblems
{
    public const int InvalidOptions = 2;
    public const int CannotStart = 1;

    /// <summary>Every problem of the options, not only the first.</summary>
    public static IReadOnlyList<string> OfOptions(IServiceProvider services)
    {
        try
        {
            _ = services.GetRequiredService<IOptions<AgentOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
        catch (InvalidOperationException exception)
        {
            // The binder: a value of the wrong type; its message names the key.
            return [exception.Message];
        }
    }

    /// <summary>What this host lacks. Without openat2 every process in a tree of its own would look as if its diagnostic socket were gone.</summary>
    public static IReadOnlyList<string> OfSystem() => OfSystem(TargetRoot.ProbeError(), TargetRoot.IsOursShared);

    /// <param name="error">Of <see cref="TargetRoot.ProbeError"/>.</param>
    /// <param name="isTreeShared">Whether there are processes that are reached without openat2: then the agent is of use for these.</param>
    internal static IReadOnlyList<string> OfSystem(int error, Func<bool> isTreeShared) => !LinuxFile.MeansNoOpenAt2(error) || isTreeShared()
        ? []
        : [$"The system call openat2 is missing (error {error}), by which it looks into processes in containers. It takes Linux 5.6 or newer, and a filter of system calls that lets it through: "
            + "an old container engine or libseccomp refuses what it does not know, and so does RestrictSUIDSGID of systemd."];

    public static int Report(IEnumerable<string> problems, int exitCode)
    {
        Console.Error.WriteLine("The agent did not start:");
        foreach (var problem in problems) Console.Error.WriteLine($"  - {problem}");
        return exitCode;
    }
}
