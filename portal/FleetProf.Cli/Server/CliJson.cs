using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetProf.Cli.Server;

/// <summary>JSON as the portal speaks it.</summary>
internal static class CliJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>For what is asked. What nobody named is left out: a portal of an earlier version refuses fields that it does not know.</summary>
    public static readonly JsonSerializerOptions Asking = new(Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>For people and pipes: control characters stay escaped, letters of all languages do not.</summary>
    public static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string NameOf<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
