using System.Data.Common;
using FleetProf.Contracts;
using FleetProf.Silo.Storage;
using Grpc.Core;

namespace FleetProf.Silo.Access;

/// <summary>Refused calls as gRPC knows them; the trailer "fleetprof-reason" names the <see cref="AccessReason"/>.</summary>
internal static class Refusals
{
    public const string ReasonTrailer = "fleetprof-reason";

    public static RpcException Of(AccessReason reason) => new(StatusOf(reason), new Metadata { { ReasonTrailer, reason.ToString() } });

    /// <summary>
    /// Unavailable, and no reason: what the silo needs for the call is away, its database or the silo where the grain is. An agent counts no time for
    /// that against what it keeps for later. Null where it is anything else, which may last for ever: state that is damaged, a disk that is full.
    /// </summary>
    public static RpcException? OfOutage(Exception exception) => IsOutage(exception) ? Unavailable(exception) : null;

    /// <summary>The same for who joins, renews or connects, and comes back whatever it is told: also where the database is there and fails, as one whose disk is full. Strangers are not told more.</summary>
    public static RpcException? OfCatalog(Exception exception) => OfOutage(exception) ?? (exception is DbException ? Unavailable(exception) : null);

    private static RpcException Unavailable(Exception exception) =>
        new(new Status(StatusCode.Unavailable, "The silo cannot use its database, or another silo, for now; its log says more. Try again later.", exception));

    /// <summary>A grain that waits for a database which says nothing answers too late, or not at all; another silo's exception of its catalog does not come through as one.</summary>
    private static bool IsOutage(Exception exception) => CatalogException.In(exception) is { } problem
        ? problem.IsUnreachable
        : CatalogOutage.IsCauseOf(exception) || (exception is TimeoutException or OrleansException && StateDamage.In(exception) is null);

    public static Status StatusOf(AccessReason reason) => new(
        reason switch
        {
            AccessReason.TooMany => StatusCode.ResourceExhausted,
            AccessReason.Renewed => StatusCode.Unavailable,
            AccessReason.RequestMalformed or AccessReason.RequestNotProven or AccessReason.RequestKeyUnsuitable or AccessReason.TokenMalformed => StatusCode.InvalidArgument,
            AccessReason.NoCertificate or AccessReason.UntrustedIssuer or AccessReason.WrongUsage or AccessReason.NoIdentity or AccessReason.NotYetValid or AccessReason.Expired => StatusCode.Unauthenticated,
            _ => StatusCode.PermissionDenied,
        },
        AccessAdvice.Explain(reason));
}
