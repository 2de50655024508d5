using FleetProf.AgentProtocol;
using FleetProf.Silo.GcPauses.Rows;
using Google.Protobuf;

namespace FleetProf.Silo.Tests.GcPauses.Rows;

public sealed class LongestBytesTests
{
    /// <summary>A field that only newer agents know stays as well.</summary>
    [Fact]
    public void Write_Records_AreTheBytesOfTheMessage()
    {
        var gcs = Enumerable.Range(1, 3).Select(each =>
        {
            var gc = new LongGc { Number = (uint)each * 1_000, EndedUnixMs = 1_777_000_000_000 + each, PauseMs = 12.5 * each };
            return LongGc.Parser.ParseFrom([.. gc.ToByteArray(), 0xfa, 0x3f, 2, 1, 2]);
        }).ToList();
        var message = new VitalsWindow { Longest = { gcs } };

        Assert.Equal(message.ToByteArray(), LongestBytes.Write([.. gcs.Select(gc => LongestBytes.Of("one", gc))]));
        Assert.Null(LongestBytes.Write([]));
    }
}
