using FleetProf.Contracts;
using Orleans.Runtime.Messaging;

namespace FleetProf.Portal.Problems;

/// <summary>Tells a silo that is away from a bug.</summary>
internal static class SiloFailure
{
    /// <summary>The call may be repeated as soon as the silo is back.</summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        // The silo is there, and answers what it can.
        _ when StateDamage.In(exception) is not null => false,
        SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException or GatewayTooBusyException => true,
        ClientNotAvailableException or TimeoutException => true,
        // Orleans throws these while its client has not finished its start and knows no grain.
        InvalidOperationException or ArgumentException => exception.Source is "Orleans.Core",
        _ => false,
    };
}
