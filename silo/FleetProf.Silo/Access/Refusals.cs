using Grpc.Core;

namespace FleetProf.Silo.Access;

/// <summary>Refused calls as gRPC knows them; the trailer "fleetprof-reason" names the <see cref="AccessReason"/>.</summary>
internal static class Refusals
{
    public const string ReasonTrailer = "fleetprof-reason";

    public static RpcException Of(AccessReason reason) => new(StatusOf(reason), new Metadata { { ReasonTrailer, reason.ToString() } });

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
