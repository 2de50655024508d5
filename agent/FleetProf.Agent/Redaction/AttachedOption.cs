using System.Buffers;
using System.Text.RegularExpressions;

namespace FleetProf.Agent.Redaction;

/// <summary>
/// Short options with their value attached, as MySQL's -pPASSWORD and curl's -uNAME:PASSWORD. Words behind one dash begin alike ("-profile"): those that are
/// known stay, and so do numbers unless a <see cref="PasswordProgram"/> takes them; of everything else nobody can tell, and it is hidden.
/// </summary>
internal static partial class AttachedOption
{
    private const int OptionChars = 2;
    private const int ShortestSecret = 4;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Of programs in Go and C, of Java, MSBuild and the compilers: options, or the first words of such.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "package", "packages", "page", "pages", "parallel", "parallelism", "param", "params", "parent", "parse", "parser", "part", "partition", "partitions", "pass", "passwd", "password", "passphrase", "patch", "path",
        "pathbase", "pathmap", "paths", "pattern", "pause", "pedantic", "peer", "peers", "percent", "perf", "perm", "period", "persist", "pgdata", "phase", "pid", "pidfile", "ping", "pkg", "pipe", "pipeline", "plain", "plan",
        "platform", "play", "plugin", "plugins", "policy", "poll", "polling", "pool", "port", "ports", "position", "post", "postgres", "pprof", "precision", "prefer", "preferreduilang", "prefetch", "prefix",
        "preload", "preprocess", "prerelease", "preserve", "preset", "preview", "primary", "print", "priority", "private", "probe", "proc", "process", "processes", "processor", "processors", "prod", "producer",
        "product", "production", "profile", "profiler", "profiles", "profiling", "program", "progress", "project", "projects", "prometheus", "prompt", "prop", "properties", "property", "props", "proto",
        "protocol", "provider", "providers", "proxy", "prune", "pthread", "public", "publicsign", "publish", "pull", "purge", "push", "pwd", "python",
        "udp", "uid", "ulimit", "unattended", "unbuffered", "unicode", "uninstall", "union", "unique", "unit", "units", "unix", "unixsocket", "unsafe", "until", "update", "updates", "upgrade", "upload", "uploads", "upstream",
        "upstreams", "uptime", "uri", "uris", "url", "urls", "usage", "use", "userid", "users", "username", "uuid", "uwsgi",
        "kafka", "keep", "keepalive", "kerberos", "kernel", "keycontainer", "keyfile", "keyring", "keyspace", "keystore", "keytab", "keyword", "kill", "kind", "kube", "kubeconfig", "kubelet", "kubernetes",
    };

    /// <summary>The text with the values of such options replaced: the whole of an argument that is one, or each among the words of a line.</summary>
    public static string Redact(string text) => HoldsSecret(text)
        ? Hidden(text)
        : InLine().Replace(text, static match => HoldsSecret(match.Value) ? Hidden(match.Value) : match.Value);

    private static string Hidden(string option) => option[..OptionChars] + CommandLineRedaction.Mark;

    private static bool HoldsSecret(string text)
    {
        if (text.Length < OptionChars + ShortestSecret || text[0] != '-' || text[1] is not ('p' or 'P' or 'u' or 'U' or 'k') || char.IsWhiteSpace(text[OptionChars]))
        {
            return false;
        }

        var value = text.AsSpan(OptionChars).TrimStart('=');
        return value.Length >= ShortestSecret && !Number().IsMatch(value) && !Property().IsMatch(value) && !IsWord(text.AsSpan(1));
    }

    /// <summary>"port", "port8080", "port=...", "pid-file": what else stands behind a word is for other shapes to find.</summary>
    public static bool IsWord(ReadOnlySpan<char> option)
    {
        var end = option.IndexOfAnyExcept(Letters);
        var word = end < 0 ? option : option[..end];
        var rest = option[word.Length..].TrimStart("0123456789");
        return Words.Contains(word.ToString()) && (rest.IsEmpty || rest[0] is '-' or '_' or '.' or '=' or ':' || char.IsWhiteSpace(rest[0]));
    }

    // Behind a blank or a quote. What is quoted goes to the end of the quotes.
    [GeneratedRegex(@"(?<=[\s""'])-[pPuUk](" + SecretShapes.Quoted + @"|\S+)", Options, 100)]
    private static partial Regex InLine();

    // Ports, addresses, sizes and times: 8080, 8080:80/tcp, 127.0.0.1:5432, 250ms, 512MB, 12.5%.
    [GeneratedRegex("^[0-9.,:]+(ms|s|m|h|[kKmMgG]i?[bB]?|%|/tcp|/udp)?$", Options, 100)]
    private static partial Regex Number();

    // MSBuild's -p:Name=Value: a name that tells of a secret is found as everywhere.
    [GeneratedRegex(@"^:[A-Za-z_][\w.]{0,100}=", Options, 100)]
    private static partial Regex Property();
}
