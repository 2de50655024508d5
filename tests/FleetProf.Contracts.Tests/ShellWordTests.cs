using System.Diagnostics;
using System.Text;
using CsCheck;

namespace FleetProf.Contracts.Tests;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("shop$(echo ran)")]
    [InlineData("shop`echo ran`")]
    [InlineData("shop; echo ran")]
    [InlineData("shop'; echo ran; '")]
    [InlineData("'")]
    [InlineData("a\\'b\\")]
    [InlineData("\"$HOME\" ~ * ? # ! & | < > ( ) { } [ ]")]
    [InlineData("-n")]
    [InlineData("  two  words  ")]
    [InlineData("team/shop:1.2+3@prod_eu=x,y-z%")]
    [InlineData("")]
    public async Task Of_TextThatAShellWouldRun_IsReadAsItself(string text)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"printf %s {ShellWord.Of(text)}"]) { RedirectStandardOutput = true })!;

        var read = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, text), (shell.ExitCode, read));
    }

    [Fact]
    public void Of_AnyText_IsOneWordThatReadsAsIt() => Gen.String[Gen.Char[' ', '~'], 0, 12].Sample(text => Assert.Equal(text, Read(ShellWord.Of(text))));

    [Theory]
    [InlineData("shop", "shop")]
    [InlineData("team/shop", "team/shop")]
    [InlineData("=ls", "'=ls'")]
    [InlineData("a\u0003b\nc", "'a b c'")]
    public void Of_AText_IsInQuotesWhereItMust(string text, string expected) => Assert.Equal(expected, ShellWord.Of(text));

    [Theory]
    [InlineData("shop", "--service shop", "shop")]
    [InlineData("my shop", "--service 'my shop'", "'my shop'")]
    [InlineData("-x", "--service='-x'", "-- '-x'")]
    [InlineData("@list", "--service @list", "@list")]
    [InlineData("/h", "--service=/h", "-- /h")]
    public void Option_AndArgument_CannotBeTakenForSomethingElse(string name, string option, string argument) =>
        Assert.Equal((option, argument), (ShellWord.Option("--service", name), ShellWord.Argument(name)));

    /// <summary>As a shell does, of which nothing but quotes, backslashes and harmless characters is expected.</summary>
    private static string Read(string word)
    {
        var read = new StringBuilder();
        for (var at = 0; at < word.Length; at++)
        {
            if (word[at] == '\'')
            {
                var end = word.IndexOf('\'', at + 1);
                read.Append(word, at + 1, end - at - 1);
                at = end;
            }
            else if (word[at] == '\\')
            {
                read.Append(word[++at]);
            }
            else
            {
                Assert.True(char.IsAsciiLetterOrDigit(word[at]) || "._:/@%+=,-".Contains(word[at], StringComparison.Ordinal), $"{word} has {word[at]} outside of quotes.");
                read.Append(word[at]);
            }
        }

        return read.ToString();
    }
}
