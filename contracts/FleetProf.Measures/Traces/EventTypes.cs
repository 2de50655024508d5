namespace FleetProf.Measures.Traces;

/// <summary>The event types a stream has described so far, within limits on their number and on the length of their names.</summary>
internal sealed class EventTypes
{
    private const int MaxTypes = 50_000;
    private const int MaxNameChars = 4_000_000;
    private readonly Dictionary<int, NettraceEventType> types = [];
    private int nameChars;
    private string lastProvider = "";

    public NettraceEventType? Find(int metadataId) => types.GetValueOrDefault(metadataId);

    /// <summary>Reads one description. What follows its fixed part, the field list, is not looked at.</summary>
    public void Add(ReadOnlySpan<byte> payload, long position)
    {
        var cursor = new BlockCursor(payload, position, NettraceError.BadEvent);
        var metadataId = cursor.ReadInt32();
        var provider = cursor.ReadText();
        if (!provider.SequenceEqual(lastProvider)) lastProvider = Keep(provider, position);
        var eventId = cursor.ReadInt32();
        var name = Keep(cursor.ReadText(), position);
        types[metadataId] = new NettraceEventType(metadataId, lastProvider, eventId, name, cursor.ReadInt64(), cursor.ReadInt32(), cursor.ReadInt32());
        if (types.Count > MaxTypes) throw TooMany(position);
    }

    private string Keep(ReadOnlySpan<char> name, long position)
    {
        nameChars += name.Length;
        return nameChars <= MaxNameChars ? name.ToString() : throw TooMany(position);
    }

    private static NettraceFormatException TooMany(long position) =>
        new(NettraceError.TooManyEventTypes, position, $"The stream describes more than {MaxTypes} event types or more than {MaxNameChars} characters of names.");
}
