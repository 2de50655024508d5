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

    public static int Report(IEnumerable<string> problems, int exitCode)
    {
        Console.Error.WriteLine("The agent did not start:");
        foreach (var problem in problems) Console.Error.WriteLine($"  - {problem}");
        return exitCode;
    }
}
