using FleetProf.Contracts.Access;
using Microsoft.AspNetCore.Authorization;

namespace FleetProf.Portal.Access;

/// <summary>What a page or route needs. The silo asks again on every call; this keeps people from pages that could only refuse.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class NeedsAttribute : AuthorizeAttribute
{
    public NeedsAttribute(Permission permission)
    {
        Permission = permission;
        Policy = PolicyOf(permission);
    }

    public Permission Permission { get; }

    public static string PolicyOf(Permission permission) => $"needs {permission}";
}
