using System.Text.RegularExpressions;

namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>
/// Names as the runtime gives them, from those in a .gcdump. PerfView, Visual Studio and dotnet-gcdump turn all square brackets into angle ones and then every
/// empty pair of these into square ones: right for arrays of one dimension, but "&lt;&gt;c__DisplayClass4_0" is "[]c__DisplayClass4_0", and "Shop.Cell[,]" is
/// "Shop.Cell&lt;,&gt;". <see cref="GcdumpWriter"/> writes no such names, so nothing of its files changes.
/// </summary>
internal static partial class GcdumpNames
{
    public static string Of(string name) => Ranks().Replace(CompilerMade().Replace(SizeSuffix().Replace(name, ""), "<>"), "[$1]");

    [GeneratedRegex(@" \(Bytes > \d+[KMG]\)$", RegexOptions.CultureInvariant)]
    private static partial Regex SizeSuffix();

    // Behind the brackets of an array comes no letter.
    [GeneratedRegex(@"\[\](?=\w)", RegexOptions.CultureInvariant)]
    private static partial Regex CompilerMade();

    [GeneratedRegex("<(,+)>", RegexOptions.CultureInvariant)]
    private static partial Regex Ranks();
}
