using System.Text.RegularExpressions;

namespace FleetProf.Agent.Redaction;

/// <summary>How secrets look in arguments: under a telling name, inside a URL or a connection string, or by their own shape.</summary>
internal static partial class SecretShapes
{
    private const int MaxChars = 4096;
    private const int MaxPatientChars = 512;
    private const int Attempts = 3;
    private const string Mark = CommandLineRedaction.Mark;
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture;

    // Where a short word may begin: behind no letter (that of a percent escape is none), or as the next word of a name in camel case.
    private const string WordStart = "(?>(?<!(?<!%[0-9a-f])[a-z])|(?-i:(?<=[a-z])(?=[A-Z])|(?=[A-Z][a-z])))";

    // Where it must end: "author", "AUTHOR" and "pinned" are other words, "authHeader" is not.
    private const string WordEnd = "((?![a-z])|(?-i:(?<=[a-z])(?=[A-Z])))";

    // Any word of a name may be the telling one: --Db:Password, MY_API_KEY_2, authToken, DbPw.
    private const string Names =
        @"(pass(word|wd|phrase)?|pwd|secret|token|api[-_.:]{0,2}key|access[-_.:]{0,2}key|account[-_.:]{0,2}key|shared[-_.:]{0,2}access[-_.:]{0,2}(key|signature)|private[-_.:]{0,2}key|"
        + "client[-_.:]{0,2}key|signing[-_.:]{0,2}key|encryption[-_.:]{0,2}key|master[-_.:]{0,2}key|license[-_.:]{0,2}key|subscription[-_.:]{0,2}key|instrumentation[-_.:]{0,2}key|"
        + "credentials?|authorization|basic[-_.:]{0,2}auth|bearer|cookie|session[-_.:]{0,2}id|connection[-_.:]{0,2}strings?|conn[-_.:]{0,2}str|signature|web[-_.:]{0,2}hook|mnemonic|"
        + "geheim|kennwort|passwort|mot[-_.:]{0,2}de[-_.:]{0,2}passe|contrase|senha|wachtwoord|парол|密码|密碼|パスワード|비밀번호|"
        + "key" + WordEnd + "|(?=[acdhops])" + WordStart + "(o?auth|dsn|sas|sig|salt|pin|otp|pat|creds?|hmac|psk|pw)" + WordEnd + ")";

    // As short as can be: what follows may look like a name as well.
    private const string Named = @"[\w.:\-]{0,200}?" + Names + @"[\w.:\-]{0,200}?";

    // Words that stand before a secret without any dash: "config set requirepass x", "Bearer x".
    private const string Word = "(password|passwd|pwd|passphrase|secret|token|requirepass|masterauth|api[-_]?key|bearer|basic)";

    // Quoted as shells, JSON within JSON and connection strings do, with what hangs on behind; braces and brackets to the end.
    internal const string Quoted = @"(\\+(?<q>[""'])((?!\\+\k<q>).)*(\\+\k<q>)?|""([^""\\]|\\.|"""")*""?|'([^'\\]|\\.|'')*'?)[^\s;&,""'}\]<]*";

    // Beyond a ';' or '&' only where no other name follows: passwords hold them too.
    private const string Value = "(" + Quoted + @"|[{\[].*|([^;&]|[;&](?!\s*[\w.\- ]{1,40}(=|%3D)))+)";

    /// <summary>"--password", "-p", "/token", "--db:password", "Password:": the next argument is a secret.</summary>
    public static bool IsSecretOption(string argument)
    {
        if (argument.Length is <= 1 or > 400) return false;
        for (var attempts = Attempts; attempts > 0; attempts--)
        {
            try
            {
                return argument is "-p" or "-P" or "-k" or "-H" or "-u" or "-U" or "-pw" || SecretOption().IsMatch(argument);
            }
            catch (RegexMatchTimeoutException)
            {
                // The machine may just have been busy; in the end hiding one argument too many harms nothing.
            }
        }
        return true;
    }

    public static bool BeginsKeyBlock(string argument) => argument.Contains("-----BEGIN", StringComparison.Ordinal);

    public static bool EndsKeyBlock(string argument)
    {
        var end = argument.IndexOf("-----END", StringComparison.Ordinal);
        return end >= 0 && argument.IndexOf("-----", end + 8, StringComparison.Ordinal) >= 0;
    }

    /// <summary>The argument with every secret replaced. An argument too long to examine is replaced whole.</summary>
    /// <param name="argument">What to show of.</param>
    /// <param name="letter">Behind which the program that was named last takes its password; <see cref="PasswordProgram.None"/>: none is known.</param>
    public static string Redact(string argument, char letter)
    {
        if (argument.Length > MaxChars) return Mark;
        // A short text that takes long has only waited for the processor.
        for (var attempts = argument.Length <= MaxPatientChars ? Attempts : 1; attempts > 0; attempts--)
            if (TryRedact(argument, letter) is { } text)
                return text;
        return Mark;
    }

    /// <summary>Null when it took too long.</summary>
    private static string? TryRedact(string argument, char letter)
    {
        try
        {
            // First of all: what looks like a name or an address may be the middle of a password.
            var text = AttachedOption.Redact(PasswordProgram.Redact(argument, letter));
            if (WholeArgument().Match(text) is { Success: true } whole) return NameOf(whole.Value) + Mark;
            // Before addresses: what stands in braces may hold a ':' and an '@'.
            text = BracedValue().Replace(text, "${name}" + Mark);
            text = UserInfo().Replace(text, "${scheme}" + Mark + "@");
            text = BareUserInfo().Replace(text, Mark + "@");
            text = NamedValue().Replace(text, match => match.Groups["name"].Value + match.Groups["separator"].Value + Mark);
            text = SpacedOption().Replace(text, "${option} " + Mark);
            text = Scheme().Replace(text, "${scheme} " + Mark);
            text = KnownShape().Replace(text, Mark);
            return WithoutNoise(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <summary>A secret that ends with the padding of Base64 and holds a telling word by chance looks like a name without a value.</summary>
    private static string NameOf(string option)
    {
        var name = option.TrimEnd('=', ':', ' ');
        return WithoutNoise(name) + option[name.Length..];
    }

    private static string WithoutNoise(string text) => LongToken().Replace(text, match => LooksRandom(match.ValueSpan) ? Mark : match.Value);

    /// <summary>Whether a long word is no path, name or number but noise: digits among letters of both cases, or hex.</summary>
    private static bool LooksRandom(ReadOnlySpan<char> word)
    {
        const int AlwaysChars = 40;
        const int LongChars = 24;
        // Letters of both cases and digits in any order change their class with three of five steps; words of a path with one of four.
        const double NoisySteps = 0.4;
        if (word.IndexOfAny('+', '=') >= 0 || Steps(word) > NoisySteps * word.Length) return true;
        foreach (var piece in word.Split('/'))
            if (word[piece] is { Length: >= LongChars } part && part.Length < word.Length && LooksRandom(part))
                return true;
        var hasDigit = word.IndexOfAnyInRange('0', '9') >= 0;
        var hasUpper = word.IndexOfAnyInRange('A', 'Z') >= 0;
        var hasLower = word.IndexOfAnyInRange('a', 'z') >= 0;
        if (word.Count('/') > word.Length / 16) return false;
        return hasDigit && (hasUpper || hasLower) && (hasUpper && hasLower || word.Length >= 32) || word.Length >= AlwaysChars && word.IndexOfAny('/', '-', '_') < 0;
    }

    private static int Steps(ReadOnlySpan<char> word)
    {
        var steps = 0;
        for (var i = 1; i < word.Length; i++)
            if (ClassOf(word[i]) is var next && ClassOf(word[i - 1]) is var last && next != last && next * last > 0)
                steps++;
        return steps;
    }

    private static int ClassOf(char letter) => char.IsAsciiDigit(letter) ? 1 : char.IsAsciiLetterUpper(letter) ? 2 : char.IsAsciiLetterLower(letter) ? 3 : 0;

    [GeneratedRegex("^((--?|/)" + Named + @"\s*(=|:|%3D)?|" + Named + @"\s*(=|:|%3D)|--?(proxy-)?user(=|:)?|" + Word + ")$", Options, 100)]
    private static partial Regex SecretOption();

    // The whole argument is one option or variable, whatever its value holds.
    [GeneratedRegex("^[\"']?(--?|/)?(" + Named + @"[""']?\s*(=|:|%3D)|(proxy-)?user\s*(=|:)(?=[^;]*:))", Options, 100)]
    private static partial Regex WholeArgument();

    // name=value or name:value up to the end of a connection string's part; JSON, XML, percent encoding, and the name and value of a variable.
    [GeneratedRegex(@"(?<name>[\w.\-: ]{0,200}?" + Names + @"[\w.\-:]{0,200}?(\\*[""'])?)(?<separator>\s*([=:>]|%3[AD])\s*|\s*,\s*(\\*[""'])?value(\\*[""'])?\s*[:=]\s*)(?<value>" + Value + ")", Options, 100)]
    private static partial Regex NamedValue();

    // A whole command line in one argument: a process that rewrote its title, or a shell's.
    [GeneratedRegex(@"(?<option>(?<=^|[\s""'])((--?|/)" + Named + "|--?(proxy-)?user|-p|-P|-k|-H|-u|-U|-pw|" + Word + @"))\s+(" + Quoted + @"|\S+)", Options, 100)]
    private static partial Regex SpacedOption();

    // A connection string's value that may hold anything, as of JDBC and ODBC; like all braces to the end.
    [GeneratedRegex("(?<name>" + Names + @"[\w.\-]{0,200}?\s*=\s*)\{.*", Options, 100)]
    private static partial Regex BracedValue();

    // The user's name goes too: with some services the token is the user. A password may hold what a URL would have encoded.
    [GeneratedRegex(@"(?<scheme>[a-z][a-z0-9+.\-]*://|jdbc:oracle:\w+:)(((?!;[\w .\-]{1,40}=)[^/?#\s])*|[^/?#\s:@]*:((?!;[\w .\-]{1,40}=)\S)*|(?<=jdbc:oracle:\w+:)\S*)@", Options, 100)]
    private static partial Regex UserInfo();

    // "user:password@host" without a scheme; "image:tag@sha256:..." is none.
    [GeneratedRegex(@"(?<=^|[\s=,;""'])[\w.\-%]+:[^\s/@""']+@(?!sha\d)(?=[\w\[])", Options, 100)]
    private static partial Regex BareUserInfo();

    [GeneratedRegex(@"\b(?<scheme>bearer|basic|digest|negotiate)\s+[^\s,;]+", Options, 100)]
    private static partial Regex Scheme();

    // JSON web tokens, keys of clouds, tokens of code hosts, registries, chat, mail and payment services, addresses that are a secret themselves. What hangs on
    // behind goes too: noise holds such a shape by chance, and a short rest of it would not look like noise any more.
    [GeneratedRegex(
        @"(eyJ[\w\-]{5,}(\.[\w\-]*){0,4}|(AKIA|ASIA|AGPA|AROA|AIDA|ANPA)[A-Z0-9]{12,}|AIza[\w\-]{30,}|ya29\.[\w\-]+|GOCSPX-[\w\-]+|gh[pousr]_\w{20,}|github_pat_\w{20,}|gl(pat|dt|rt|ptt)-[\w\-.]{16,}|"
        + @"xox[a-z]-[\w\-]{8,}|xapp-[\w\-]{8,}|hooks\.slack\.com/\S+|(sk|pk|rk)[_-](live|test|proj|ant|or)?[\w\-]{16,}|whsec_\w{16,}|SG\.[\w\-]{16,}\.[\w\-]{16,}|npm_\w{30,}|pypi-[\w\-]{16,}|"
        + @"hv[sbr]\.[\w\-]{16,}|do[opr]_v1_\w{16,}|[\w\-]{3}\dQ~[\w\-.~]{20,}|\b\d{8,10}:[\w\-]{30,}|dckr_pat_[\w\-]{16,}|shp(at|ss|ca)_\w{16,}|AGE-SECRET-KEY-\w+)[A-Za-z0-9+/_\-]*={0,2}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex KnownShape();

    [GeneratedRegex(@"[A-Za-z0-9+/_\-]{24,}={0,2}", RegexOptions.CultureInvariant, 100)]
    private static partial Regex LongToken();
}
