using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FleetProf.Architecture.Tests;

/// <summary>The list of threats names what is really there: a guard that is renamed or dropped does not stay in it by mistake.</summary>
public sealed partial class ThreatTests
{
    private const string Page = "docs/security/threats.md";
    private const string Matrix = "docs/security/faults.md";
    private const int Threats = 23;
    private const int Faults = 17;
    private const string WithoutTest = "No test";

    private static readonly Lazy<HashSet<string>> Tests = new(ReadTests);

    [Fact]
    public void Threats_OfTheList_AreAllThereOnceInOrder() =>
        Assert.Equal(Enumerable.Range(1, Threats), Rows(Page).Select(row => int.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Threats_OfTheList_NameTheirGuardAndTestsThatExistOrSayWhyThereIsNone() => Assert.All(Rows(Page), row =>
    {
        Assert.Equal(5, row.Length);
        Assert.All(row, cell => Assert.NotEmpty(cell));
        Assert.True(Links().IsMatch(row[3]), $"Threat {row[0]} names no file that meets it.");
        var named = Names().Matches(row[4]).Select(match => match.Groups[1].Value).ToList();
        Assert.True(named.Count > 0 || row[4].Contains(WithoutTest, StringComparison.Ordinal), $"Threat {row[0]} has neither a test nor a reason.");
        Assert.All(named, test => Assert.True(Tests.Value.Contains(test), $"Threat {row[0]} names {test}, which is no test."));
    });

    [Fact]
    public void Faults_OfTheMatrix_AreAllThereAndNameTestsThatExist()
    {
        var rows = Rows(Matrix);

        Assert.Equal(Enumerable.Range(1, Faults), rows.Select(row => int.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(rows, row => Assert.All(Names().Matches(row[^1]), test => Assert.True(Tests.Value.Contains(test.Groups[1].Value), $"Row {row[0]} names {test.Groups[1].Value}, which is no test.")));
        Assert.All(rows, row => Assert.True(row[2].Length > 0 || Names().IsMatch(row[3]), $"Row {row[0]} has neither a scenario nor a test."));
    }

    [Fact]
    public void Threats_OfTheList_AreReachedFromThePolicy() =>
        Assert.All([Page, Matrix], page => Assert.Contains($"({page})", Repository.Read("SECURITY.md"), StringComparison.Ordinal));

    /// <summary>Of threats: number, threat, what is done, where, shown by. Of faults: number, fault, scenarios, tests.</summary>
    private static List<string[]> Rows(string page) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, page)).Where(line => line.Length > 2 && line[0] == '|' && char.IsAsciiDigit(line[2]))
            .Select(line => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    /// <summary>"Class.Method" of all facts and theories in the sources.</summary>
    private static HashSet<string> ReadTests() => Repository.Files("tests", "*Tests.cs")
        .SelectMany(path => CSharpSyntaxTree.ParseText(Repository.Read(path), path: path).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
        .Where(method => method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory") && method.Parent is ClassDeclarationSyntax)
        .Select(method => $"{((ClassDeclarationSyntax)method.Parent!).Identifier.Text}.{method.Identifier.Text}")
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Names();

    [GeneratedRegex(@"\]\(\.\./\.\./[^)]+\)")]
    private static partial Regex Links();
}
