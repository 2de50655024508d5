using FleetProf.Silo.GcPauses.Hours;

namespace FleetProf.Silo.Tests.GcPauses.Hours;

public sealed class HourColumnTests
{
    [Fact]
    public void Read_OfAnyValues_IsWhatWasWrittenToTheBit()
    {
        var random = new Random(7);
        var kinds = new HashSet<byte>();
        for (var run = 0; run < 4_000; run++)
        {
            Func<float>[] draws =
            [
                () => random.Next(256), () => random.Next(65_536), () => random.NextSingle() * 1e9f, () => -random.Next(3), () => (float)double.NaN,
                () => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)), () => -0f, () => 0f,
            ];
            Func<float>[] drawn = [.. draws.Where(_ => random.Next(4) == 0).DefaultIfEmpty(draws[random.Next(draws.Length)])];
            var (values, stays) = (new float[random.Next(1, 361)], random.Next(8));
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = i > 0 && random.Next(8) < stays ? values[i - 1] : drawn[random.Next(drawn.Length)]();
            }

            var (kind, bytes) = HourColumn.Write(values);
            var read = new float[values.Length];
            HourColumn.Read(kind, bytes, read);

            Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), read.Select(BitConverter.SingleToInt32Bits));
            Assert.InRange(bytes.Length, 1, values.Length * sizeof(float));
            kinds.Add(kind);
        }

        Assert.Equal("0 1 2 3 4", string.Join(" ", kinds.Order()));
    }

    [Fact]
    public void Read_OfAnEncodingThatIsNone_SaysSo() => Assert.Throws<InvalidDataException>(() => HourColumn.Read(9, [0], new float[1]));
}
