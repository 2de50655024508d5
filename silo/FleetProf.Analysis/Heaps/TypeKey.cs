using System.Text.RegularExpressions;

namespace FleetProf.Analysis.Heaps;

/// <summary>
/// By what a type is found again in another build. The compiler numbers closures, state machines, lambdas, local functions and anonymous
/// types in the order of the source: one method more, and all behind it have other numbers.
/// </summary>
internal static partial class TypeKey
{
    /// <param name="name">A type as a programmer writes it, or a holder in words.</param>
    /// <returns>The same without the compiler's numbers: "&lt;&gt;c__DisplayClass", "Shop.Desk+&lt;PlaceAsync&gt;d__". What differs in them alone has one key.</returns>
    public static string Of(string name) => name.Contains("__", StringComparison.Ordinal) ? Numbered().Replace(name, "$1") : name;

    // "<>c__DisplayClass4_0", "<>c__4", "<PlaceAsync>d__4", "<<RunAsync>b__4_0>d", "<<RunAsync>g__Retry|4_1>d", "<>f__AnonymousType3".
    [GeneratedRegex(@"(>(?:[bd]__|c__(?:DisplayClass)?|f__Anonymous(?:Type|Delegate)|g__[^|<>]*\|))[0-9]+(?:_[0-9]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
