using System.Security.Cryptography;
using System.Text.Json;

namespace FleetProf.Portal.Tests.Layout;

/// <summary>Files of others under wwwroot/lib are what their vendor.json says, and nothing else lies there.</summary>
public sealed class VendoredFilesTests
{
    private static readonly string Library = Path.Combine(RepositoryRoot(), "portal", "FleetProf.Portal", "wwwroot", "lib");

    public static TheoryData<string> Vendors() => [.. Folders()];

    [Theory]
    [MemberData(nameof(Vendors))]
    public void Files_OfAVendor_MatchTheirHashes(string folder)
    {
        var root = Path.Combine(Library, folder);
        using var vendor = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "vendor.json")));
        var expected = vendor.RootElement.GetProperty("files").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!, StringComparer.Ordinal);

        var actual = Directory.GetFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Where(file => file != "vendor.json")
            .ToDictionary(file => file, file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(root, file)))), StringComparer.Ordinal);

        Assert.Equal(expected.OrderBy(file => file.Key, StringComparer.Ordinal), actual.OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.Contains(expected.Keys, name => name.StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith("sha512-", vendor.RootElement.GetProperty("integrity").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(vendor.RootElement.GetProperty("version").GetString()!, folder, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_OfTheLibrary_AllBelongToAVendor()
    {
        var owned = Folders().Select(folder => Path.Combine(Library, folder) + Path.DirectorySeparatorChar).ToArray();

        Assert.All(Directory.GetFiles(Library, "*", SearchOption.AllDirectories), file => Assert.Contains(owned, root => file.StartsWith(root, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Folders() =>
        Directory.GetFiles(Library, "vendor.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Library, Path.GetDirectoryName(file)!));

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FleetProf.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("FleetProf.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }
}
