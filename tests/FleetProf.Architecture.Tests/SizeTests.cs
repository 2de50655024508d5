using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FleetProf.Architecture.Tests;

/// <summary>Ceilings, not targets: whoever meets one has a noun to split.</summary>
public sealed class SizeTests
{
    private const int FileLines = 400;
    private const int MethodLines = 60;
    private const int Parameters = 6;
    private const int EntryLines = 60;

    private static readonly (string Pattern, int Lines)[] Ceilings = [("*.razor", 200), ("*.razor.cs", 250), ("*.csproj", 30), ("*.js", FileLines), ("*.css", FileLines), ("*.proto", FileLines), ("*.sql", FileLines)];

    [Fact]
    public void Files_Always_StayUnderTheirCeiling()
    {
        Assert.All(Repository.ProductionFiles("*.cs").Concat(Repository.Files("tests", "*.cs")), path => AssertLines(path, FileLines));
        Assert.All(Ceilings, ceiling => Assert.All(
            Repository.ProductionFiles(ceiling.Pattern).Where(path => !path.Contains("wwwroot/lib/", StringComparison.Ordinal) && !path.Contains("/opentelemetry-proto-", StringComparison.Ordinal)),
            path => AssertLines(path, ceiling.Lines)));
        Assert.All(Repository.ProductionFiles("Program.cs"), path => AssertLines(path, EntryLines));
    }

    [Fact]
    public void Methods_OfProduction_StayUnderTheirCeiling() => Assert.All(Methods(), method =>
    {
        var lines = method.GetLocation().GetLineSpan();
        var length = lines.EndLinePosition.Line - lines.StartLinePosition.Line + 1;
        Assert.True(length <= MethodLines, $"{Where(method)} has {length} lines; the ceiling is {MethodLines}.");
    });

    /// <summary>Constructors are left out: what a class needs is said once, by its container.</summary>
    [Fact]
    public void Parameters_OfProductionMethods_StayUnderTheirCeiling() => Assert.All(Methods().OfType<MethodDeclarationSyntax>(), method =>
        Assert.True(method.ParameterList.Parameters.Count <= Parameters, $"{Where(method)} has {method.ParameterList.Parameters.Count} parameters; take a record."));

    [Fact]
    public void PublicTypes_OfProduction_HaveAFileOfTheirName() => Assert.All(Repository.ProductionFiles("*.cs"), path =>
    {
        var types = Parse(path).DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            .Where(type => type.Parent is BaseNamespaceDeclarationSyntax && type.Modifiers.Any(SyntaxKind.PublicKeyword))
            .Select(type => type.Identifier.Text)
            .ToList();
        Assert.True(types.Count <= 1, $"{path} holds {string.Join(", ", types)}.");
        Assert.All(types, type => Assert.Equal(Path.GetFileName(path).Split('.')[0], type));
    });

    [Fact]
    public void Classes_OfProduction_AreSealedStaticOrAbstract() => Assert.All(Repository.ProductionFiles("*.cs").SelectMany(path => Parse(path).DescendantNodes().OfType<TypeDeclarationSyntax>()), type =>
    {
        if (type is ClassDeclarationSyntax or RecordDeclarationSyntax { ClassOrStructKeyword.RawKind: not (int)SyntaxKind.StructKeyword })
        {
            SyntaxKind[] decided = [SyntaxKind.SealedKeyword, SyntaxKind.StaticKeyword, SyntaxKind.AbstractKeyword, SyntaxKind.PartialKeyword];
            Assert.True(decided.Any(kind => type.Modifiers.Any(kind)), $"{Where(type)} is neither sealed, static nor abstract.");
        }
    });

    private static IEnumerable<MemberDeclarationSyntax> Methods() =>
        Repository.ProductionFiles("*.cs").SelectMany(path => Parse(path).DescendantNodes().OfType<BaseMethodDeclarationSyntax>());

    private static SyntaxNode Parse(string path) => CSharpSyntaxTree.ParseText(Repository.Read(path), path: path).GetRoot();

    private static void AssertLines(string path, int ceiling)
    {
        var lines = Repository.LinesOf(path);
        Assert.True(lines <= ceiling, $"{path} has {lines} lines; the ceiling is {ceiling}.");
    }

    private static string Where(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return $"{span.Path}:{span.StartLinePosition.Line + 1}";
    }
}
