using System.Buffers;
using System.Text.RegularExpressions;

namespace FleetProf.Agent.Redaction;

/// <summary>
/// Programs of which it is known behind which letter their password stands. There even a number is one; with all others "-p8080" is a port. They count from where they are
/// named on, by whomever: a service that merely has "mysql" among its arguments loses a port at worst.
/// </summary>
internal static partial class PasswordProgram
{
    /// <summary>No such program was named.</summary>
    public const char None = '\0';

    private const int OptionChars = 2;

    private static readonly SearchValues<char> Dividers = SearchValues.Create(" \t\"'`;|&()");

    private static readonly Dictionary<string, char> Letters = new(StringComparer.Ordinal)
    {
        ["mysql"] = 'p', ["mysqldump"] = 'p', ["mysqladmin"] = 'p', ["mysqlimport"] = 'p', ["mysqlcheck"] = 'p', ["mysqlshow"] = 'p', ["mysqlslap"] = 'p', ["mysqlpump"] = 'p', ["mysqlbinlog"] = 'p', ["mysqlsh"] = 'p',
        ["mariadb"] = 'p', ["mariadb-dump"] = 'p', ["mariadb-admin"] = 'p', ["mariadb-import"] = 'p', ["mariadb-check"] = 'p', ["mariadb-show"] = 'p', ["mariadb-slap"] = 'p', ["mariadb-binlog"] = 'p',
        ["mariadb-backup"] = 'p', ["mariabackup"] = 'p', ["xtrabackup"] = 'p', ["mydumper"] = 'p', ["myloader"] = 'p', ["mycli"] = 'p',
        ["mongo"] = 'p', ["mongosh"] = 'p', ["mongodump"] = 'p', ["mongorestore"] = 'p', ["mongoexport"] = 'p', ["mongoimport"] = 'p',
        ["sshpass"] = 'p', ["7z"] = 'p', ["7za"] = 'p', ["7zz"] = 'p', ["rar"] = 'p', ["unrar"] = 'p',
        ["sqlcmd"] = 'P', ["bcp"] = 'P', ["tsql"] = 'P', ["zip"] = 'P', ["unzip"] = 'P',
        ["redis-cli"] = 'a', ["redis-benchmark"] = 'a', ["valkey-cli"] = 'a', ["valkey-benchmark"] = 'a',
        ["ldapsearch"] = 'w', ["ldapadd"] = 'w', ["ldapmodify"] = 'w', ["ldapdelete"] = 'w', ["ldapwhoami"] = 'w', ["ldappasswd"] = 'w',
    };

    /// <summary>The letter of the last such program among the words of an argument, with or without a path; of an earlier one where there is none.</summary>
    public static char LetterIn(ReadOnlySpan<char> text, char earlier)
    {
        var programs = Letters.GetAlternateLookup<ReadOnlySpan<char>>();
        var letter = earlier;
        foreach (var range in text.SplitAny(Dividers))
        {
            var word = text[range];
            if (programs.TryGetValue(word[(word.LastIndexOf('/') + 1)..], out var known)) letter = known;
        }

        return letter;
    }

    /// <summary>The next argument is the password.</summary>
    public static bool IsOption(string argument, char letter) => letter != None && argument.Length == OptionChars && argument[0] == '-' && argument[1] == letter;

    /// <summary>The text without passwords behind the letter: the whole of an argument that is such an option, or each among the words of a line that may name the program itself.</summary>
    public static string Redact(string text, char letter)
    {
        if (letter != None && text.Length > OptionChars && IsOption(text[..OptionChars], letter) && !char.IsWhiteSpace(text[OptionChars]) && !AttachedOption.IsWord(text.AsSpan(1)))
        {
            return text[..OptionChars] + CommandLineRedaction.Mark;
        }

        return Option().Replace(text, match => IsOption(match.Value[..OptionChars], LetterIn(text.AsSpan(0, match.Index), letter)) && !AttachedOption.IsWord(match.ValueSpan[1..])
            ? match.Groups["option"].Value + CommandLineRedaction.Mark
            : match.Value);
    }

    // Behind a blank or a quote, the value attached or not. What is quoted goes to the end of the quotes.
    [GeneratedRegex(@"(?<=[\s""'])(?<option>-[pPaw]\s*)(" + SecretShapes.Quoted + @"|\S+)", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Option();
}
