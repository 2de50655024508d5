namespace FleetProf.TestKit.Traces;

/// <summary>An event for <see cref="NettraceWriter"/>. <paramref name="Sequence"/> counts the thread's events from 1.</summary>
public sealed record WrittenEvent(int MetadataId, long Ticks, long Thread, uint Sequence, byte[] Payload, int StackId = 0, bool IsSorted = false);
