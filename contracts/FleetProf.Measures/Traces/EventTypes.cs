namespace FleetProf.Measures.Traces;

/// <summary>The event types a stream has described so far, within limits on their number and on the length of their names.</summary>
internal sealed class EventTypes(TraceLimits limits)
{
    // Runtimes number their types from 1 on; whoever does otherwise is served as well.
    private const int MaxNear = 4096;
    private readonly Dictionary<int, NettraceEventType> far = [];
    private NettraceEventType?[] near = new NettraceEventType?[64];
    private int nearCount;
    private int nameChars;
    private string lastProvider = "";

    public NettraceEventType? Find(int metadataId) =>
        (uint)metadataId < (uint)near.Length ? near[metadataId] : far.GetValueOrDefault(metadataId);

    /// <summary>Reads one description. What follows its fixed part, the field list, is not looked at.</summary>
    public void Add(ReadOnlySpan<byte> payload, long position)
    {
        var cursor = new BlockCursor(payload, position, NettraceError.BadEvent);
        var metadataId = cursor.ReadInt32();
        var provider = cursor.ReadText();
        if (!provider.SequenceEqual(lastProvider)) lastProvider = Keep(provider, position);
        var eventId = cursor.ReadInt32();
        var name = Keep(cursor.ReadText(), position);
        Put(new NettraceEventType(metadataId, lastProvider, eventId, name, cursor.ReadInt64(), cursor.ReadInt32(), cursor.ReadInt32()));
        if (far.Count + nearCount > limits.EventTypes) throw TooMany(position);
    }

    private void Put(NettraceEventType type)
    {
        if (type.MetadataId is < 0 or >= MaxNear)
        {
            far[type.MetadataId] = type;
            return;
        }
        if (type.MetadataId >= near.Length) Array.Resize(ref near, Math.Min(MaxNear, Math.Max(near.Length * 2, type.MetadataId + 1)));
        if (near[type.MetadataId] is null) nearCount++;
        near[type.MetadataId] = type;
    }

    private string Keep(ReadOnlySpan<char> name, long position)
    {
        nameChars += name.Length;
        return nameChars <= limits.NameChars ? name.ToString() : throw TooMany(position);
    }

    private NettraceFormatException TooMany(long position) =>
        new(NettraceError.TooManyEventTypes, position, $"The stream describes more than {limits.EventTypes} event types or more than {limits.NameChars} characters of names.");
}
