using System.Text;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>Puts what <see cref="FleetExposition"/> has behind the silo's own on the path that is scraped.</summary>
internal static class FleetScrape
{
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>Characters.</summary>
    private const int WriteLength = 16 * 1024;

    private static readonly byte[] OpenMetricsEnd = "# EOF\n"u8.ToArray();
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

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

        context.Response.ContentLength = null;
        await WriteAsync(context, own.GetBuffer().AsMemory(0, (int)own.Length));
    });

    /// <summary>The silo's own metrics as they are, then the fleet's, part by part: they are too many to be held, and whoever reads slowly is waited for.</summary>
    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> own)
    {
        var isFine = context.Response.StatusCode == StatusCodes.Status200OK;
        var isOpenMetrics = context.Response.ContentType?.StartsWith(OpenMetricsType, StringComparison.Ordinal) == true;
        var isEnded = isFine && own.Span.EndsWith(OpenMetricsEnd);
        var body = context.Response.Body;
        if (!own.IsEmpty)
        {
            await body.WriteAsync(isEnded ? own[..^OpenMetricsEnd.Length] : own, context.RequestAborted);
        }

        if (!isFine)
        {
            return;
        }

        await using (var writer = new StreamWriter(body, Utf8, WriteLength, leaveOpen: true))
        {
            foreach (var part in context.RequestServices.GetRequiredService<FleetExposition>().Write(isOpenMetrics))
            {
                await writer.WriteAsync(part, context.RequestAborted);
            }
        }

        if (isOpenMetrics)
        {
            await body.WriteAsync(OpenMetricsEnd, context.RequestAborted);
        }
    }
}
