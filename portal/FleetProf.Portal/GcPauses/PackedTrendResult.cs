using System.Buffers.Binary;
using System.Text.Json;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Portal.GcPauses;

/// <summary>A packed trend as a response. It is not compressed: the numbers hardly shrink, and packing them would take longer than sending them.</summary>
internal sealed class PackedTrendResult(PackedTrend trend) : IResult
{
    public const string ContentType = "application/octet-stream";

    public const string Format =
        "Four bytes: length of the head, the lowest byte first. The head: JSON with service, stepSeconds, hiddenCount and series, of each of these instance, version, count and columns; "
        + "of a column its name and the largest of its figures, 0 where it has none. After the head, which spaces fill up to a multiple of four, come for each series in turn its starts, "
        + "seconds since 1970 as unsigned numbers, then its columns in their order in single precision, not a number where there is none. Each number has four bytes, the lowest first.";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var head = HeadOf(trend);
        var response = httpContext.Response;
        response.ContentType = ContentType;
        response.ContentLength = head.Length + trend.Series.Sum(series => series.WindowStart.Length + series.Columns.Values.Sum(column => (long)column.Length));
        await response.Body.WriteAsync(head, httpContext.RequestAborted);
        foreach (var series in trend.Series)
        {
            await response.Body.WriteAsync(series.WindowStart, httpContext.RequestAborted);
            foreach (var column in series.Columns.Values)
            {
                await response.Body.WriteAsync(column, httpContext.RequestAborted);
            }
        }
    }

    /// <summary>With its length before it.</summary>
    private static byte[] HeadOf(PackedTrend trend)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                trend.Service,
                trend.StepSeconds,
                trend.HiddenCount,
                Series = trend.Series.Select(series => new
                {
                    series.Instance, series.Version, series.Count, Columns = series.Columns.Select(column => new { Name = column.Key, Most = PackedSeries.MostOf(column.Value) }),
                }),
            },
            Json);
        var length = (text.Length + 3) / 4 * 4;
        var head = new byte[4 + length];
        head.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt32LittleEndian(head, length);
        text.CopyTo(head.AsSpan(4));
        return head;
    }
}
