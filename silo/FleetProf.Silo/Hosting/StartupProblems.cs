using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Hosting;

/// <summary>Turns what keeps the silo from starting into lines for people.</summary>
internal static class StartupProblems
{
    public const int InvalidOptions = 2;
    public const int CannotStart = 1;

    /// <summary>Every options problem of every feature, not only the first.</summary>
    public static IReadOnlyList<string> OfOptions(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
        catch (AggregateException exception)
        {
            return [.. exception.Flatten().InnerExceptions.SelectMany(inner => inner is OptionsValidationException options ? options.Failures : [inner.Message])];
        }
        catch (InvalidOperationException exception)
        {
            // The binder: a value of the wrong type; its message names the key.
            return [exception.Message];
        }
    }

    public static int Report(IEnumerable<string> problems, int exitCode)
    {
        Console.Error.WriteLine("The silo did not start:");
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"  - {problem}");
        }

        return exitCode;
    }
}
