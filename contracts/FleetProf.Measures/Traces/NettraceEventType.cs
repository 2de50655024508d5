namespace FleetProf.Measures.Traces;

/// <summary>The description of an event type as the stream gave it. <paramref name="EventName"/> is often empty for runtime events.</summary>
public sealed record NettraceEventType(int MetadataId, string Provider, int EventId, string EventName, long Keywords, int Version, int Level);
