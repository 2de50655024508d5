using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetProf.Silo.Captures;

/// <summary>How summaries are kept as JSON. A hostile artifact can make a figure infinite; it must still be readable.</summary>
internal static class CaptureSummaryJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
