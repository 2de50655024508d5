using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace FleetProf.Portal.Hosting;

/// <summary>Ends the process with a code; what the user can mend is told in lines, not in a stack trace.</summary>
internal static class PortalExit
{
    private const int Stopped = 0;
    /// <summary>The service manager starts the portal again.</summary>
    private const int CannotStart = 1;

    /// <summary>It does not: the same settings stay wrong.</summary>
    private const int WrongSettings = 2;

    public static async Task<int> CodeOfAsync(Func<Task> run)
    {
        try
        {
            await run();
            return Stopped;
        }
        catch (OptionsValidationException invalid)
        {
            return await FailAsync(string.Join(Environment.NewLine, invalid.Failures), WrongSettings);
        }
        catch (WrongClockException wrong)
        {
            return await FailAsync(wrong.Message, CannotStart);
        }
        catch (Exception failure) when (AddressProblemOf(failure) is { } address)
        {
            return await FailAsync($"{PortalOptions.Section}:{nameof(PortalOptions.Listen)}: {address.Message} Choose another port, or stop what listens there.", CannotStart);
        }
    }

    private static IOException? AddressProblemOf(Exception failure) => failure switch
    {
        IOException { InnerException: AddressInUseException } taken => taken,
        AggregateException many => many.InnerExceptions.Select(AddressProblemOf).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
