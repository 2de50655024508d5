using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>How a process's garbage collector is set up. A variable of the environment wins over the runtime configuration file.</summary>
/// <param name="Mode">"workstation concurrent", "workstation non-concurrent", "server concurrent", "server datas", ...; empty when it is not known.</param>
/// <param name="Settings">By name as written there: DOTNET_gcServer, System.GC.Server.</param>
internal sealed partial record GcConfiguration(string Mode, IReadOnlyDictionary<string, string> Settings)
{
    private const int MaxFileBytes = 1 << 20;
    private const int MaxSettings = 32;
    private const int DatasByDefaultSince = 9;

    /// <param name="environment">The named variables.</param>
    /// <param name="runtimeConfiguration">Content of PROGRAM.runtimeconfig.json; null when it was not found: then only the environment can tell the mode.</param>
    /// <param name="runtime">Decides what is the default; null when it is not known.</param>
    /// <param name="processorCount">The server GC needs more than one processor, else the runtime takes the workstation GC.</param>
    public static GcConfiguration Resolve(ProcessEnvironment environment, string? runtimeConfiguration, Version? runtime, int processorCount)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in FromFile(runtimeConfiguration)) Add(settings, name, value);
        foreach (var (name, value) in environment.Values)
            if (VariablePattern().IsMatch(name))
                Add(settings, name, value);
        if (runtimeConfiguration is null && !settings.Keys.Any(name => name.EndsWith("_gcServer", StringComparison.Ordinal))) return new GcConfiguration("", settings);
        var isServer = IsOn(settings, "gcServer", "System.GC.Server", false) && processorCount != 1;
        var isConcurrent = IsOn(settings, "gcConcurrent", "System.GC.Concurrent", true);
        // The runtime keeps DATAS off while the number of heaps is set, whatever the mode says.
        var isDatas = isServer && runtime is not null && runtime.Major >= 8 && !HasHeapCount(settings)
            && IsOn(settings, "GCDynamicAdaptationMode", "System.GC.DynamicAdaptationMode", runtime.Major >= DatasByDefaultSince);
        var mode = (isServer, isDatas, isConcurrent) switch
        {
            (false, _, true) => "workstation concurrent",
            (false, _, false) => "workstation non-concurrent",
            (true, false, true) => "server concurrent",
            (true, false, false) => "server non-concurrent",
            (true, true, true) => "server datas",
            (true, true, false) => "server datas non-concurrent",
        };
        return new GcConfiguration(mode, settings);
    }

    /// <summary>The runtime configuration that the program was started with, beside it or inside it; null when there is none to be found.</summary>
    public static string? ReadFile(TargetRoot root, EntryAssembly entry)
    {
        try
        {
            if (entry.RuntimeConfiguration is { } path && entry.Open(root, path, MaxFileBytes) is { } file)
            {
                using var reader = new StreamReader(file);
                return reader.ReadToEnd();
            }

            return entry.ReadEmbeddedConfiguration(root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<(string Name, string Value)> FromFile(string? json)
    {
        if (json is null) return [];
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("runtimeOptions", out var options)
                || options.ValueKind != JsonValueKind.Object || !options.TryGetProperty("configProperties", out var properties)
                || properties.ValueKind != JsonValueKind.Object) return [];
            return properties.EnumerateObject()
                .Where(property => property.Name.StartsWith("System.GC.", StringComparison.Ordinal))
                .Select(property => (property.Name, property.Value.ToString())).ToList();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair parses, and fails when it is read.
            return [];
        }
    }

    // Some settings are paths or names of libraries; only what can be a number or a switch is of interest.
    private static void Add(SortedDictionary<string, string> settings, string name, string value)
    {
        if (settings.Count < MaxSettings && name.Length <= CleanText.NameChars && ValuePattern().IsMatch(value)) settings[name] = value;
    }

    private static bool IsOn(SortedDictionary<string, string> settings, string variable, string property, bool byDefault)
    {
        foreach (var prefix in (string[])["DOTNET_", "COMPlus_"])
            if (settings.TryGetValue(prefix + variable, out var text) && ulong.TryParse(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number))
                return number != 0;
        return settings.TryGetValue(property, out var value) ? value.ToUpperInvariant() is "TRUE" or "1" : byDefault;
    }

    /// <summary>Zero is as good as not set.</summary>
    private static bool HasHeapCount(SortedDictionary<string, string> settings) =>
        settings.Any(setting => (setting.Key.EndsWith("GCHeapCount", StringComparison.Ordinal) || setting.Key == "System.GC.HeapCount") && setting.Value.TrimStart('0', 'x').Length > 0);

    [GeneratedRegex("^(DOTNET|COMPlus)_(gc|GC)[A-Za-z0-9]{1,60}$", RegexOptions.CultureInvariant)]
    private static partial Regex VariablePattern();

    [GeneratedRegex("^(0x)?[0-9A-Fa-f]{1,16}$|^(true|false|True|False)$|^[0-9]{1,20}$", RegexOptions.CultureInvariant)]
    private static partial Regex ValuePattern();
}
