using System.Buffers.Text;

namespace FleetProf.Measures.GcPauses.Logs;

/// <summary>Reads a line from left to right. What does not match moves nothing.</summary>
public ref struct LineCursor(ReadOnlySpan<byte> line)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = line;

    public bool TryText(ReadOnlySpan<byte> text)
    {
        if (!Rest.StartsWith(text)) return false;
        Rest = Rest[text.Length..];
        return true;
    }

    /// <summary>Digits only, from 0 to <paramref name="largest"/>.</summary>
    public bool TryInteger(long largest, out long value)
    {
        value = 0;
        var length = Digits(Rest);
        if (length == 0 || !Utf8Parser.TryParse(Rest[..length], out value, out var read) || read != length || value > largest) return false;
        Rest = Rest[length..];
        return true;
    }

    /// <summary>Digits, and perhaps a point and more digits; from 0 to <paramref name="largest"/>. Neither signs nor exponents.</summary>
    public bool TryDecimal(double largest, out double value)
    {
        value = 0;
        var length = Digits(Rest);
        if (length == 0) return false;
        if (length < Rest.Length && Rest[length] == '.')
        {
            var decimals = Digits(Rest[(length + 1)..]);
            if (decimals == 0) return false;
            length += 1 + decimals;
        }
        if (!Utf8Parser.TryParse(Rest[..length], out value, out var read) || read != length || !(value <= largest)) return false;
        Rest = Rest[length..];
        return true;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : length;
    }
}
