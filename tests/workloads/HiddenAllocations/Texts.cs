using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace HiddenAllocations;

/// <summary>Text that is built, cut and written.</summary>
internal static class Texts
{
    private static readonly string[] Names = ["ada", "grace", "edsger", "barbara"];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ConcatName(int number) => Keep.Sink = Names[number % 4] + ":" + Names[(number + 1) % 4];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void InterpolateName(int number) => Keep.Sink = string.Create(CultureInfo.InvariantCulture, $"{Names[number % 4]}-{number}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SplitLine() => Keep.Sink = "a,b,c,d,e,f,g,h".Split(',');

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AppendText(int number)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 64; i++)
        {
            text.Append(Names[(number + i) % 4]).Append(' ');
        }

        Keep.Sum += text.Length;
        Keep.Sink = text;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SerializeOrder(int number) => Keep.Sink = JsonSerializer.Serialize(new Dictionary<string, int>(1) { ["number"] = number });
}
