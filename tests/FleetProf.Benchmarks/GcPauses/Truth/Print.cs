using System.Globalization;

namespace FleetProf.Benchmarks.GcPauses.Truth;

internal static class Print
{
    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
