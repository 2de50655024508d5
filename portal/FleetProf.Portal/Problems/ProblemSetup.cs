using System.Diagnostics;

namespace FleetProf.Portal.Problems;

/// <summary>What every RFC 9457 problem of the portal carries.</summary>
internal static class ProblemSetup
{
    public static void Configure(ProblemDetailsOptions options) => options.CustomizeProblemDetails = static context =>
    {
        context.ProblemDetails.Instance = context.HttpContext.Request.Path;
        context.ProblemDetails.Extensions["traceId"] = Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
    };
}
