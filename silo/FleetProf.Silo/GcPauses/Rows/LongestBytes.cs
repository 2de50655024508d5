using FleetProf.AgentProtocol;
using FleetProf.Analysis.GcPauses;
using Google.Protobuf;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>The column "longest": of an instance a VitalsWindow message that has exemplars only, of a service a VitalsBatch of such messages with their instances.</summary>
internal static class LongestBytes
{
    private static readonly int TagBytes = CodedOutputStream.ComputeTagSize(VitalsWindow.LongestFieldNumber);

    public static LongestGc Of(string instanceId, LongGc gc) => new(instanceId, gc.Number, gc.EndedUnixMs, gc.PauseMs, gc.ToByteArray());

    public static LongGc RecordOf(LongestGc gc) => LongGc.Parser.ParseFrom(gc.Record);

    /// <summary>Null without any.</summary>
    public static byte[]? Write(IReadOnlyList<LongestGc> longest)
    {
        if (longest.Count == 0)
        {
            return null;
        }

        // The records are what the message would hold of them: every window that is stored has some, and nobody reads them here.
        var bytes = new byte[longest.Sum(gc => TagBytes + CodedOutputStream.ComputeLengthSize(gc.Record.Length) + gc.Record.Length)];
        using var output = new CodedOutputStream(bytes);
        foreach (var gc in longest)
        {
            output.WriteTag(VitalsWindow.LongestFieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(gc.Record));
        }

        return bytes;
    }

    public static IReadOnlyList<LongestGc> Read(byte[] blob, string instanceId) =>
        [.. VitalsWindow.Parser.ParseFrom(blob).Longest.Select(gc => Of(instanceId, gc))];

    /// <summary>Null without any.</summary>
    public static byte[]? WriteGroup(IReadOnlyList<LongestGc> longest) => longest.Count == 0
        ? null
        : new VitalsBatch
        {
            Windows = { longest.GroupBy(gc => gc.InstanceId).Select(group => new VitalsWindow { InstanceId = group.Key, Longest = { group.Select(RecordOf) } }) },
        }.ToByteArray();

    /// <summary>Longest first.</summary>
    public static IReadOnlyList<LongestGc> ReadGroup(byte[] blob) => LongestGc.Top(
        VitalsBatch.Parser.ParseFrom(blob).Windows.SelectMany(window => window.Longest.Select(gc => Of(window.InstanceId, gc))), int.MaxValue);
}
