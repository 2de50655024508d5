using System.Text.RegularExpressions;

namespace FleetProf.Agent.Redaction;

/// <summary>How secrets look in arguments: under a telling name, inside a URL or a connection string, or by their own shape.</summary>
internal static partial class SecretShapes
{
    private const string Names =
        "pass(word|wd|phrase)?|pwd|secret|token|api[-_.]?key|access[-_.]?key|account[-_.]?key|shared[-_.]?access[-_.]?(key|signature)|private[-_.]?key|"
        + "client[-_.]?key|signing[-_.]?key|encryption[-_.]?key|master[-_.]?key|license[-_.]?key|subscription[-_.]?key|instrumentation[-_.]?key|"
        + "credentials?|authorization|bearer|cookie|session[-_.]?id|connection[-_.]?strings?|conn[-_.]?str|signature|"
        + "geheim|kennwort|passwort|mot[-_.]?de[-_.]?passe|contrase|key(?![a-z])|(?<![a-z])(o?auth|dsn|sas|sig|salt|pin|otp)(?![a-z])";

    /// <summary>"--password", "-p", "/token", "--db:password": the next argument is a secret.</summary>
    public static bool IsSecretOption(string argument)
    {
        if (argument.Length is <= 1 or > 128 || argument.Contains('=', StringComparison.Ordinal)) return false;
        try
        {
            return argument is "-p" or "-P" or "-k" or "-H" or "-u" || SecretOption().IsMatch(argument);
        }
        catch (RegexMatchTimeoutException)
        {
            // The machine may just have been busy; hiding one argument too many harms nothing.
            return true;
        }
    }

    public static bool BeginsKeyBlock(string argument) => argument.Contains("-----BEGIN", StringComparison.Ordinal);

    public static bool EndsKeyBlock(string argument)
    {
        var end = argument.IndexOf("-----END", StringComparison.Ordinal);
        return end >= 0 && argument.IndexOf("-----", end + 8, StringComparison.Ordinal) >= 0;
    }

    /// <summary>The argument with every secret replaced. An argument too long to examine is replaced whole.</summary>
    public static string Redact(string argument)
    {
        const int MaxChars = 4096;
        const string Mark = CommandLineRedaction.Mark;
        if (argument.Length > MaxChars) return Mark;
        try
        {
            var text = UserInfo().Replace(argument, "$1" + Mark + "@");
            text = NamedValue().Replace(text, match => match.Groups["name"].Value + match.Groups["separator"].Value + Mark);
            text = SpacedOption().Replace(text, "$1 " + Mark);
            text = Scheme().Replace(text, "$1 " + Mark);
            text = KnownShape().Replace(text, Mark);
            return LongToken().Replace(text, match => LooksRandom(match.ValueSpan) ? Mark : match.Value);
        }
        catch (RegexMatchTimeoutException)
        {
            return Mark;
        }
    }

    /// <summary>Whether a long word is no path, name or number but noise: digits among letters of both cases, or hex.</summary>
    private static bool LooksRandom(ReadOnlySpan<char> word)
    {
        const int AlwaysChars = 40;
        var hasDigit = word.IndexOfAnyInRange('0', '9') >= 0;
        var hasUpper = word.IndexOfAnyInRange('A', 'Z') >= 0;
        var hasLower = word.IndexOfAnyInRange('a', 'z') >= 0;
        if (word.Count('/') > word.Length / 16) return false;
        return hasDigit && (hasUpper || hasLower) && (hasUpper && hasLower || word.Length >= 32) || word.Length >= AlwaysChars && word.IndexOfAny('/', '-', '_') < 0;
    }

    // Any word of the name may be the telling one: --Db:Password, MY_API_KEY_2, authToken.
    [GeneratedRegex(@"^(--?|/)[\w.:\-]*(" + Names + @")[\w.:\-]*:?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex SecretOption();

    // name=value or name:value up to the end of a connection string's part; quotes and JSON too.
    [GeneratedRegex(@"(?<name>[\w.\-: ]*(" + Names + @")[\w.\-:]*[""']?)(?<separator>\s*[=:]\s*)(?<value>""[^""]*""?|'[^']*'?|[^;&]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex NamedValue();

    // A whole command line in one argument: a process that rewrote its title, or a shell's.
    [GeneratedRegex(@"((?<=^|\s)(?:--?|/)[\w.:\-]{0,100}(?:" + Names + @")[\w.:\-]*)\s+(?:""[^""]*""?|'[^']*'?|\S+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex SpacedOption();

    // The user's name goes too: with some services the token is the user.
    [GeneratedRegex(@"([a-z][a-z0-9+.\-]*://)[^/?#\s]*@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\b(bearer|basic|digest|negotiate)\s+[^\s,;]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex Scheme();

    // JSON web tokens, cloud keys, tokens of code hosts, chat and payment services.
    [GeneratedRegex(@"eyJ[\w\-]{5,}(\.[\w\-]*){0,2}|(AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{12,}|AIza[\w\-]{30,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w\-]{16,}|xox[abprs]-[\w\-]{8,}|(sk|pk|rk)[_-](live|test|proj)?[_-]?\w{16,}|SG\.[\w\-]{16,}\.[\w\-]{16,}|npm_\w{30,}", RegexOptions.CultureInvariant, 100)]
    private static partial Regex KnownShape();

    [GeneratedRegex(@"[A-Za-z0-9+/_\-]{24,}={0,2}", RegexOptions.CultureInvariant, 100)]
    private static partial Regex LongToken();
}
