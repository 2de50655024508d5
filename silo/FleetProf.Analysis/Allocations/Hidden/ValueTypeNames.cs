using System.Buffers;

namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>
/// Which type names are value types: an object of one is a box. The base library is asked itself; for other types the evidence is the
/// signatures of the recording's methods, which say "value class" or "valuetype" before each.
/// </summary>
public sealed class ValueTypeNames
{
    private const int MaxNames = 200_000;
    private static readonly SearchValues<char> NameEnds = SearchValues.Create(",()[]<>&* ");
    private static readonly string[] ValueWords = ["value class ", "valuetype "];

    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Notes all types that a method's signature mentions, as the runtime's method events write it.</summary>
    public void AddSignature(ReadOnlySpan<char> signature)
    {
        if (_values.Count + _references.Count > MaxNames)
        {
            return;
        }

        foreach (var word in ValueWords)
        {
            AddAfter(signature, word, _values);
        }

        AddAfter(signature, "class ", _references, unlessAfter: "value ");
    }

    /// <summary>True only when it is known and no reference type has the same name.</summary>
    public bool IsValueType(string type)
    {
        if (!_known.TryGetValue(type, out var isValue))
        {
            isValue = !AllocatedTypeName.IsArrayName(type) && IsKnownValue(WithoutArguments(type));
            _known.Add(type, isValue);
        }

        return isValue;
    }

    private bool IsKnownValue(string name) => IsOfBaseLibrary(name) ?? (_values.Contains(name) && !_references.Contains(name));

    private static string WithoutArguments(string type)
    {
        var end = type.IndexOf('[', StringComparison.Ordinal);
        return end < 0 ? type : type[..end];
    }

    // The analyzer's own base library: a type of that name there is the type meant, whatever version the target has.
    // Only plain names: others would be parsed as something else, and they come from an untrusted file.
    private static bool? IsOfBaseLibrary(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal) && name.Length < 200 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '`' or '_')
            ? typeof(object).Assembly.GetType(name, throwOnError: false)?.IsValueType
            : null;

    private static void AddAfter(ReadOnlySpan<char> signature, string word, HashSet<string> names, string unlessAfter = "")
    {
        for (var at = 0; at < signature.Length;)
        {
            var found = signature[at..].IndexOf(word, StringComparison.Ordinal);
            if (found < 0)
            {
                return;
            }

            var start = at + found;
            at = start + word.Length;
            if (unlessAfter.Length == 0 || !signature[..start].EndsWith(unlessAfter, StringComparison.Ordinal))
            {
                AddName(signature[at..], names);
            }
        }
    }

    // Allocation events name nested types by their innermost name alone, so that is what is kept of them.
    private static void AddName(ReadOnlySpan<char> rest, HashSet<string> names)
    {
        var end = rest.IndexOfAny(NameEnds);
        var name = end < 0 ? rest : rest[..end];
        var nested = name.LastIndexOfAny('+', '/');
        name = name[(nested + 1)..];
        if (name.Length is > 0 and < 500)
        {
            names.Add(name.ToString());
        }
    }
}
