using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>Says what routes need.</summary>
internal static class Needs
{
    public static T Needing<T>(this T route, Permission permission) where T : IEndpointConventionBuilder
    {
        route.WithMetadata(new NeedsAttribute(permission));
        return route;
    }
}
