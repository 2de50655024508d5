using System.Text;
using CsCheck;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Redaction;

namespace FleetProf.Agent.Tests.Redaction;

public sealed class CommandLineMaskTests
{
    private const string Line = "dotnet Shop.dll --password hunter2x";

    /// <summary>Of a process that is gone.</summary>
    private static readonly CommandLine Unknown = CommandLine.Parse("");

    [Theory]
    [InlineData("dotnet Shop.dll")]
    [InlineData("/app/Shop --urls http://127.0.0.1:8080")]
    [InlineData("")]
    public void Mask_OfALineWithoutSecrets_IsNone(string line) => Assert.Null(CommandLineMask.Of(line, Unknown));

    [Theory]
    [InlineData(Line)]
    [InlineData("/app/Shop \"--connection=Server=db;User Id=sa;Password=a b\"")]
    public void Hide_OfALineWithASecret_CoversAllOfIt(string line)
    {
        var bytes = Encoding.Unicode.GetBytes($"before {line} after");

        Assert.Equal(bytes.Length, CommandLineMask.Of(line, Unknown)!.Hide(bytes));

        Assert.Equal($"before {new string('*', line.Length)} after", Encoding.Unicode.GetString(bytes));
    }

    /// <summary>Suspended at its start a runtime tells its executable alone, and records the whole line once it has gone on.</summary>
    [Fact]
    public void Hide_OfALineThatTheRuntimeDoesNotTellYet_CoversWhatTheProgramWasGiven()
    {
        const string Given = "--name a b --password hunter2x";
        var given = CommandLine.Parse("/usr/bin/dotnet\0/srv/Shop.dll\0--name\0a b\0--password\0hunter2x\0");
        var bytes = Encoding.Unicode.GetBytes($"/usr/bin/dotnet /srv/Shop.dll {Given} after");

        Assert.Equal(bytes.Length, CommandLineMask.Of("/usr/bin/dotnet", given)!.Hide(bytes));

        Assert.Equal($"/usr/bin/dotnet /srv/Shop.dll {new string('*', Given.Length)} after", Encoding.Unicode.GetString(bytes));
        Assert.Null(CommandLineMask.Of("/usr/bin/dotnet", CommandLine.Parse("/usr/bin/dotnet\0/srv/Shop.dll\0--urls\0http://127.0.0.1:8080\0")));
    }

    /// <summary>By the words of the line alone nobody sees it: a blank or a quote stands between its name and its value, in one argument.</summary>
    [Theory]
    [InlineData("--db|Host=db;Username=shop;Password = Summer2026! ; Pooling=true")]
    [InlineData("{\"ClientSecret\":\"Summer2026!\"}")]
    [InlineData("--settings|{\"Smtp\":{\"SmtpPassword\":\"Summer2026!\"}}")]
    [InlineData("--set|AccountKey = Summer2026!")]
    public void Hide_OfASecretWithBlanksOrQuotesInItsArgument_CoversTheLine(string given)
    {
        string[] arguments = ["dotnet", "Shop.dll", .. given.Split('|')];
        var line = string.Join(' ', arguments);
        var bytes = Encoding.Unicode.GetBytes(line);

        CommandLineMask.Of(line, new CommandLine(arguments))!.Hide(bytes);

        Assert.Equal(new string('*', line.Length), Encoding.Unicode.GetString(bytes));
        Assert.NotNull(CommandLineMask.Of(line, Unknown));
    }

    /// <summary>What is hidden where a process is listed is covered in its recordings.</summary>
    [Fact]
    public void Mask_OfEveryPlantedSecret_IsThere()
    {
        var words = new SecretWords(new Random(20261201));
        for (var i = 0; i < 1_000; i++)
        {
            string[] arguments = ["dotnet", "Shop.dll", .. SecretPlace.Of(words).Arguments];
            var line = string.Join(' ', arguments);
            if (CommandLineRedaction.Redact(arguments).Contains(CommandLineRedaction.Mark, StringComparison.Ordinal)) Assert.True(CommandLineMask.Of(line, new CommandLine(arguments)) is not null, line);
        }
    }

    /// <summary>Longer than what is redacted, and than a buffer of the recorder.</summary>
    [Fact]
    public void Hide_OfAVeryLongLine_CoversAllOfItInPieces()
    {
        var line = $"dotnet Shop.dll {string.Join(' ', Enumerable.Range(0, 20_000))} --password hunter2x";
        var mask = CommandLineMask.Of(line, Unknown)!;

        Assert.Equal(new string('*', line.Length), Encoding.Unicode.GetString(InPieces(mask, Encoding.Unicode.GetBytes(line), 40_000)));
    }

    /// <summary>However the stream is cut, and wherever the line stands: the same as all at once.</summary>
    [Fact]
    public void Hide_InAnyPieces_IsAsInOne() => Gen.Select(Gen.String[Gen.Char["do te*"], 0, 20], Gen.String[Gen.Char["do te*"], 0, 20], Gen.Int[1, 90], Gen.Bool).Sample((before, after, size, isOdd) =>
    {
        byte[] stream = [.. isOdd ? new byte[1] : [], .. Encoding.Unicode.GetBytes(before + Line + after + Line[..5])];
        var whole = (byte[])stream.Clone();
        var mask = CommandLineMask.Of(Line, Unknown)!;
        mask.Hide(whole);

        Assert.Equal(whole, InPieces(mask, stream, size));
        Assert.True(whole.AsSpan().IndexOf(Encoding.Unicode.GetBytes("hunter2x")) < 0);
    });

    /// <summary>As the recorder does it.</summary>
    private static byte[] InPieces(CommandLineMask mask, byte[] stream, int size)
    {
        var (kept, held) = (new List<byte>(), Array.Empty<byte>());
        foreach (var piece in stream.Chunk(size))
        {
            byte[] bytes = [.. held, .. piece];
            var final = mask.Hide(bytes);
            kept.AddRange(bytes[..final]);
            held = bytes[final..];
        }

        return [.. kept, .. held];
    }
}
