using System.Text.RegularExpressions;

namespace FleetProf.Architecture.Tests;

/// <summary>What no code of ours may do, because a guard of docs/security/threats.md rests on it.</summary>
public sealed partial class BoundaryTests
{
    [Fact]
    public void Agent_Always_StartsNoProgram() => Assert.All(Sources("agent/"), path =>
    {
        var source = Repository.Read(path);
        Assert.All(["ProcessStartInfo", "Process.Start(", "execve", "posix_spawn"], word => Assert.False(source.Contains(word, StringComparison.Ordinal), $"{path} has {word}: the agent runs with rights over other processes and starts none."));
    });

    [Fact]
    public void Pages_Always_PutNoDataIntoMarkup()
    {
        string[] pages = [.. Sources("portal/FleetProf.Portal/"), .. Repository.ProductionFiles("*.razor").Where(path => path.StartsWith("portal/FleetProf.Portal/", StringComparison.Ordinal))];
        Assert.All(pages, path => Assert.False(Markup().IsMatch(Repository.Read(path)), $"{path} writes markup; data is text."));
        Assert.All(Repository.ProductionFiles("*.js").Where(path => !path.Contains("wwwroot/lib/", StringComparison.Ordinal)), path =>
        {
            var source = Repository.Read(path);
            Assert.All(["insertAdjacentHTML", "outerHTML", "document.write", "createContextualFragment", "new Function(", "eval("], word => Assert.DoesNotContain(word, source, StringComparison.Ordinal));
            // A constant skeleton is allowed; anything put into it is not.
            Assert.All(InnerHtml().Matches(source).Select(match => match.Groups[1].Value), right => Assert.True(Constant().IsMatch(right) && !right.Contains("${", StringComparison.Ordinal), $"{path} sets innerHTML to {right}"));
        });
    }

    /// <summary>An address that somebody else chose by a redirect was never weighed.</summary>
    [Fact]
    public void Followers_OfRedirects_AreNone() => Assert.All(Repository.ProductionFiles("*.cs"), path =>
    {
        foreach (Match handler in Handlers().Matches(Repository.Read(path)))
        {
            Assert.True(handler.Groups[1].Value.Contains("AllowAutoRedirect = false", StringComparison.Ordinal), $"{path} makes an HTTP client that follows redirects.");
        }

        Assert.DoesNotMatch(@"new HttpClient\s*(\(\s*\)|\{)|HttpClientHandler", Repository.Read(path));
    });

    [Fact]
    public void Packages_WithKnownWeaknesses_BreakTheBuild()
    {
        var properties = Repository.Read("Directory.Build.props");

        Assert.Contains("<NuGetAuditMode>all</NuGetAuditMode>", properties, StringComparison.Ordinal);
        Assert.Contains("<NuGetAuditLevel>low</NuGetAuditLevel>", properties, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", properties, StringComparison.Ordinal);
        Assert.DoesNotMatch("NU190[1-4]", properties);
        Assert.All(Repository.ProductionFiles("*.csproj").Concat(Repository.Files("tests", "*.csproj")), path => Assert.DoesNotMatch("NuGetAudit|NU190", Repository.Read(path)));
    }

    private static IEnumerable<string> Sources(string folder) => Repository.ProductionFiles("*.cs").Where(path => path.StartsWith(folder, StringComparison.Ordinal));

    [GeneratedRegex(@"MarkupString|AddMarkupContent")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\.innerHTML\s*\+?=\s*([^;]*)", RegexOptions.Singleline)]
    private static partial Regex InnerHtml();

    [GeneratedRegex("""^(`[^`]*`|"[^"]*")$""", RegexOptions.Singleline)]
    private static partial Regex Constant();

    [GeneratedRegex(@"new SocketsHttpHandler\b([^;]*);", RegexOptions.Singleline)]
    private static partial Regex Handlers();
}
