using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

/// <summary>The protocol's own files are what their vendor.json says.</summary>
public sealed class VendoredProtocolTests
{
    [Fact]
    public void Files_OfTheProtocol_MatchTheirHashes()
    {
        var root = Folder();
        using var vendor = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "vendor.json")));
        var expected = vendor.RootElement.GetProperty("files").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!, StringComparer.Ordinal);

        var actual = Directory.GetFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Where(file => file != "vendor.json")
            .ToDictionary(file => file, file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(root, file)))), StringComparer.Ordinal);

        Assert.Equal(expected.OrderBy(file => file.Key, StringComparer.Ordinal), actual.OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.Contains("LICENSE", expected.Keys);
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "silo", "FleetProf.Silo", "GcPauses", "Otlp", "opentelemetry-proto-1.11.0"));
}
