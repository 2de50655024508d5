using System.Text.Json;
using System.Text.RegularExpressions;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Layout;

/// <summary>Scripts import each other by plain names; browsers fetch them by names that change with their content, and keep them.</summary>
public sealed partial class ImportMapTests(PortalFixture fixture)
{
    [Fact]
    public async Task Scripts_OfAPage_AreMappedToNamesThatAreNeverAskedForAgain()
    {
        using var browser = fixture.Portal.Anonymous();
        await browser.GetAsync($"/login?t={FakeAccess.ReusableCode}", TestContext.Current.CancellationToken);
        var html = await browser.GetStringAsync("/services/checkout", TestContext.Current.CancellationToken);
        using var map = JsonDocument.Parse(ImportMap().Match(html).Groups["map"].Value);
        var names = map.RootElement.GetProperty("imports").EnumerateObject().ToDictionary(name => name.Name, name => name.Value.GetString()!, StringComparer.Ordinal);

        foreach (var script in Directory.GetFiles(Scripts(), "*.js", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Scripts(), file).Replace('\\', '/')))
        {
            var name = Assert.Contains($"./{script}", names);
            using var response = await browser.GetAsync(name, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, name);
            Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }

        foreach (var preloaded in Preload().Matches(html).Select(match => match.Groups["name"].Value))
        {
            Assert.Contains($"./{preloaded}", names.Values);
        }
    }

    [GeneratedRegex(@"<script type=""importmap"">(?<map>.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex ImportMap();

    [GeneratedRegex(@"<link rel=""modulepreload"" href=""(?<name>[^""]+)""")]
    private static partial Regex Preload();

    private static string Scripts()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "FleetProf.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "portal", "FleetProf.Portal", "wwwroot");
    }
}
