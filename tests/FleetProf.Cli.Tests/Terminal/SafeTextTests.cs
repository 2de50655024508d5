using System.Globalization;
using System.Text;
using CsCheck;
using FleetProf.Cli.Terminal;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Cli.Tests.Terminal;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain Müller 日本 🙂", "plain Müller 日本 🙂")]
    [InlineData("\u001b[31mred\u001b[0m", " [31mred [0m")]
    [InlineData("\u001b]0;title\u0007", " ]0;title ")]
    [InlineData("two\r\nlines", "two  lines")]
    [InlineData("right\u202Eleft\u200B", "right left ")]
    [InlineData("\u009b31m", " 31m")]
    [InlineData(null, "")]
    public void ForTerminal_Anything_IsHarmless(string? text, string expected) => Assert.Equal(expected, SafeText.ForTerminal(text));

    [Theory]
    [InlineData("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0")]
    [InlineData("+1", "+1")]
    [InlineData("-12.5", "-12.5")]
    [InlineData("-1+cmd", "'-1+cmd")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    public void ForCsv_Formula_IsText(string text, string expected) => Assert.Equal(expected, SafeText.ForCsv(text));

    [Fact]
    public void ForTerminal_AnyString_HoldsNoControlCharacter() => Gen.String.Sample(text =>
        Assert.All(SafeText.ForTerminal(text).EnumerateRunes(), rune => Assert.False(
            Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)));

    [Theory]
    [InlineData("table")]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("ndjson")]
    public async Task Services_HostileName_SendsNoEscapeToTheTerminal(string format)
    {
        using var portal = new StubPortal().On("GET /api/v1/services", new[] { new ServiceRow { Service = "\u001b]8;;http://evil\u0007[bold]x[/]\u009b\n=1+1" } });

        var run = await CliRun.OfAsync(portal, "services", "-o", format);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(run.Out.Replace("\n", "", StringComparison.Ordinal), char.IsControl);
        Assert.Contains("[bold]x[/]", run.Out, StringComparison.Ordinal);
    }
}
