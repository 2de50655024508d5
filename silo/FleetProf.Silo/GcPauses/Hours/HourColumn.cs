using System.Buffers.Binary;

namespace FleetProf.Silo.GcPauses.Hours;

/// <summary>One figure of an hour's points as bytes, every bit kept: counts are small whole numbers and many states change seldom.</summary>
internal static class HourColumn
{
    /// <summary>The bytes: a value of four.</summary>
    private const byte Constant = 0;

    /// <summary>A byte per value.</summary>
    private const byte Whole8 = 1;

    /// <summary>Two bytes per value.</summary>
    private const byte Whole16 = 2;

    /// <summary>A bit per value, the lowest first, that says whether it differs from the one before; then the values that do.</summary>
    private const byte Changes = 3;

    /// <summary>Four bytes per value.</summary>
    private const byte Each = 4;

    /// <summary>The shortest of the encodings.</summary>
    /// <param name="values">At least one.</param>
    public static (byte Kind, byte[] Bytes) Write(ReadOnlySpan<float> values)
    {
        var (changes, most) = (1, 0f);
        var isWhole = true;
        for (var i = 0; i < values.Length; i++)
        {
            changes += i > 0 && Bits(values[i]) != Bits(values[i - 1]) ? 1 : 0;
            isWhole &= values[i] is >= 0 and <= ushort.MaxValue && Bits((ushort)values[i]) == Bits(values[i]);
            most = Math.Max(most, values[i]);
        }

        var kind = changes == 1 ? Constant : isWhole ? most <= byte.MaxValue ? Whole8 : Whole16 : Each;
        if (kind != Constant && LengthOfChanges(values.Length, changes) < values.Length * WidthOf(kind))
        {
            kind = Changes;
        }

        return (kind, kind == Changes ? WriteChanges(values, changes) : WriteEach(kind, kind == Constant ? values[..1] : values));
    }

    /// <summary>Reads what <see cref="Write"/> made of as many values as the destination has.</summary>
    /// <exception cref="InvalidDataException">There is no such encoding.</exception>
    public static void Read(byte kind, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (kind)
        {
            case Constant:
                values.Fill(BinaryPrimitives.ReadSingleLittleEndian(bytes));
                break;
            case Changes:
                ReadChanges(bytes, values);
                break;
            case Whole8:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = bytes[i];
                }

                break;
            case Whole16:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(ushort))..]);
                }

                break;
            case Each:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
                }

                break;
            default:
                throw new InvalidDataException($"A column of a packed hour has the encoding {kind}, which is none.");
        }
    }

    private static byte[] WriteEach(byte kind, ReadOnlySpan<float> values)
    {
        var width = WidthOf(kind);
        var bytes = new byte[values.Length * width];
        for (var i = 0; i < values.Length; i++)
        {
            var at = bytes.AsSpan(i * width);
            if (width == sizeof(float))
            {
                BinaryPrimitives.WriteSingleLittleEndian(at, values[i]);
            }
            else if (width == sizeof(ushort))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)values[i]);
            }
            else
            {
                at[0] = (byte)values[i];
            }
        }

        return bytes;
    }

    private static byte[] WriteChanges(ReadOnlySpan<float> values, int changes)
    {
        var bytes = new byte[LengthOfChanges(values.Length, changes)];
        var at = (values.Length + 7) / 8;
        for (var i = 0; i < values.Length; i++)
        {
            if (i == 0 || Bits(values[i]) != Bits(values[i - 1]))
            {
                bytes[i / 8] |= (byte)(1 << (i % 8));
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), values[i]);
                at += sizeof(float);
            }
        }

        return bytes;
    }

    private static void ReadChanges(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        var at = (values.Length + 7) / 8;
        var last = 0f;
        for (var i = 0; i < values.Length; i++)
        {
            if ((bytes[i / 8] & (1 << (i % 8))) != 0)
            {
                last = BinaryPrimitives.ReadSingleLittleEndian(bytes[at..]);
                at += sizeof(float);
            }

            values[i] = last;
        }
    }

    private static int LengthOfChanges(int count, int changes) => ((count + 7) / 8) + (changes * sizeof(float));

    private static int WidthOf(byte kind) => kind switch { Whole8 => sizeof(byte), Whole16 => sizeof(ushort), _ => sizeof(float) };

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);
}
