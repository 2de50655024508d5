namespace FleetProf.Analyzer.Profiles;

/// <summary>
/// Names a person reads, from names the compiler made: state machines, lambdas and local functions are shown under the method they were
/// written in, generic arguments in angle brackets. Never recursive: names come from untrusted files.
/// </summary>
internal static class MethodName
{
    private const string DynamicClass = "dynamicClass";
    private const int MaxNesting = 8;

    /// <summary>Methods that belong to no assembly: stubs, compiled expressions.</summary>
    public static bool IsDynamic(string typeName) => typeName.EndsWith(DynamicClass, StringComparison.Ordinal);

    public static string Readable(string typeName, string methodName)
    {
        var method = Written(methodName).TrimStart('.');
        if (IsDynamic(typeName) || typeName.Length == 0)
        {
            return method;
        }

        var parts = new List<string>();
        var inArguments = typeName.IndexOf('[', StringComparison.Ordinal);
        var outer = inArguments < 0 ? typeName : typeName[..inArguments];
        foreach (var part in outer.Replace('/', '+').Split('+', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsClosure(part))
            {
                parts.Add(WithoutArity(Written(part)));
            }
        }

        if (parts.Count == 0)
        {
            parts.Add(WithoutArity(outer));
        }

        return $"{string.Join('.', parts)}{Arguments(typeName, inArguments)}.{method}";
    }

    private static bool IsClosure(string part) => part.StartsWith("<>c", StringComparison.Ordinal) || part.StartsWith("<>O", StringComparison.Ordinal);

    // "<Main>b__0" -> "Main.lambda"; "<Main>g__Sum|0_1" -> "Main.Sum"; "<RunAsync>d__5" -> "RunAsync"; "<<Main>$>g__Sum|0" -> "Main.Sum".
    private static string Written(string name)
    {
        if (!name.StartsWith('<'))
        {
            return name;
        }

        var opened = 0;
        while (opened < name.Length && name[opened] == '<')
        {
            opened++;
        }

        var segments = name[opened..].Split('>');
        if (opened > MaxNesting || segments.Length <= opened || segments[0].Length == 0)
        {
            return name;
        }

        var written = segments[0];
        foreach (var suffix in segments.Skip(1))
        {
            written += Suffix(suffix);
        }

        return written;
    }

    private static string Suffix(string suffix)
    {
        if (suffix.StartsWith("b__", StringComparison.Ordinal))
        {
            return ".lambda";
        }

        if (suffix.StartsWith("g__", StringComparison.Ordinal))
        {
            var bar = suffix.IndexOf('|', StringComparison.Ordinal);
            return "." + (bar < 0 ? suffix[3..] : suffix[3..bar]);
        }

        return "";
    }

    private static string Arguments(string typeName, int start) => start < 0
        ? ""
        : WithoutArity(typeName[start..].Replace("System.__Canon", "__Canon", StringComparison.Ordinal))
            .Replace("[]", "\u0001", StringComparison.Ordinal).Replace('[', '<').Replace(']', '>').Replace("\u0001", "[]", StringComparison.Ordinal)
            .Replace(",", ", ", StringComparison.Ordinal);

    private static string WithoutArity(string name)
    {
        if (!name.Contains('`', StringComparison.Ordinal))
        {
            return name;
        }

        var kept = new System.Text.StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '`')
            {
                kept.Append(name[i]);
                continue;
            }

            while (i + 1 < name.Length && char.IsAsciiDigit(name[i + 1]))
            {
                i++;
            }
        }

        return kept.ToString();
    }
}
