using System.Text;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>Puts the fleet's metrics behind the silo's own on the path that is scraped.</summary>
internal static class FleetScrape
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string OpenMetricsEnd = "# EOF\n";

    public static void UseFleetMetrics(this WebApplication app, string path) => app.Use(async (context, next) =>
    {
        if (context.Request.Path != path || !HttpMethods.IsGet(context.Request.Method))
        {
            await next(context);
            return;
        }

        var body = context.Response.Body;
        using var own = new MemoryStream();
        context.Response.Body = own;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        var isFine = context.Response.StatusCode == StatusCodes.Status200OK;
        var isOpenMetrics = context.Response.ContentType?.StartsWith(OpenMetricsType, StringComparison.Ordinal) == true;
        var text = Encoding.UTF8.GetString(own.GetBuffer(), 0, (int)own.Length);
        if (isFine)
        {
            var fleet = context.RequestServices.GetRequiredService<FleetExposition>().Write(isOpenMetrics);
            var isEnded = text.EndsWith(OpenMetricsEnd, StringComparison.Ordinal);
            text = (isEnded ? text[..^OpenMetricsEnd.Length] : text) + fleet + (isOpenMetrics ? OpenMetricsEnd : "");
        }

        context.Response.ContentLength = null;
        await context.Response.WriteAsync(text, context.RequestAborted);
    });
}
