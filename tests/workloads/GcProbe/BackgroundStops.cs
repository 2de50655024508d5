using System.Globalization;

namespace GcProbe;

/// <summary>The second stop of every background collection, by the runtime's own measure. It remembers the latest one only, so it is asked often.</summary>
internal sealed class BackgroundStops
{
    private readonly List<string> stops = [];
    private long latest = GC.GetGCMemoryInfo(GCKind.Background).Index;

    public void Note()
    {
        var info = GC.GetGCMemoryInfo(GCKind.Background);
        if (info.Index == latest) return;
        latest = info.Index;
        stops.Add(string.Create(CultureInfo.InvariantCulture, $"{info.Index}:{info.PauseDurations[1].TotalMilliseconds}"));
    }

    /// <summary>Number of the collection, colon, milliseconds.</summary>
    public override string ToString() => string.Join(' ', stops);
}
