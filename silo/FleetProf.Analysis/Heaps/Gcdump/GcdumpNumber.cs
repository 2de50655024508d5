namespace FleetProf.Analysis.Heaps.Gcdump;

/// <summary>The variable-length signed integer of .gcdump node data: 7 bits per byte, most significant first, the first byte sign-extended.</summary>
internal static class GcdumpNumber
{
    public const int MaxLength = 5;

    /// <summary>Bytes the value takes.</summary>
    public static int Length(int value)
    {
        for (var length = 1; length < MaxLength; length++)
        {
            var unused = 32 - (7 * length);
            if (value << unused >> unused == value)
            {
                return length;
            }
        }

        return MaxLength;
    }

    /// <summary>Writes the value and returns the bytes it took.</summary>
    public static int Write(Span<byte> output, int value)
    {
        var length = Length(value);
        for (var i = 0; i < length; i++)
        {
            var shift = 7 * (length - 1 - i);
            output[i] = (byte)(((value >> shift) & 0x7F) | (shift > 0 ? 0x80 : 0));
        }

        return length;
    }

    /// <summary>Reads a value and moves the position behind it.</summary>
    public static int Read(ReadOnlySpan<byte> input, ref int position)
    {
        var value = input[position] << 25 >> 25;
        for (var length = 1; (input[position++] & 0x80) != 0; length++)
        {
            if (length == MaxLength)
            {
                throw new InvalidDataException("a number in the node data is too long");
            }

            value = (value << 7) | (input[position] & 0x7F);
        }

        return value;
    }
}
