using System.Buffers.Binary;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Agent.Control;

/// <summary>
/// Up to when the agents of this host have handed out windows. One that starts after the clock was set back lives a time again that another has lived, and the
/// silo knows a window by its begin: the windows of that time begin behind the multiple then, those of each such agent further than of the one before. Thread-safe.
/// </summary>
internal sealed class LivedTime : IDisposable
{
    /// <summary>Room for the milliseconds by which one agent's own windows lie behind, when the clock is set back while it runs.</summary>
    private const long StepMs = 10;
    private const long MostTimes = 90;
    private const int RecordBytes = 2 * sizeof(long);
    private static readonly long LengthMs = (long)VitalsWindowing.Length.TotalMilliseconds;
    private static readonly long GraceMs = (long)VitalsWindowing.Grace.TotalMilliseconds;

    /// <summary>The silo takes no window of tomorrow: none of a clock that was wrong by more is there.</summary>
    private static readonly long FurthestMs = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly Lock gate = new();
    private readonly SafeFileHandle file;
    private readonly long livedBefore;
    private readonly long times;
    private long livedUntil;

    /// <summary>Reads what the agents before have left.</summary>
    public LivedTime(StateFolder folder, TimeProvider time)
    {
        file = File.OpenHandle(folder.PathOf("lived-time"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var record = new byte[RecordBytes];
        if (RandomAccess.Read(file, record, 0) == RecordBytes)
        {
            livedBefore = BinaryPrimitives.ReadInt64LittleEndian(record);
            times = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(sizeof(long))), 0, MostTimes);
        }
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (livedBefore > now + FurthestMs) livedBefore = 0;
        // The last window of an agent that ends reaches a little beyond its end.
        if (livedBefore > now + LengthMs) times = Math.Min(times + 1, MostTimes);
        livedUntil = livedBefore;
        Write();
    }

    /// <summary>The time of these windows, which are finished, is lived.</summary>
    public void Remember(IReadOnlyList<VitalsWindow> finished)
    {
        lock (gate)
        {
            var before = livedUntil;
            foreach (var window in finished) livedUntil = Math.Max(livedUntil, window.WindowStartUnixMs + window.WindowMs);
            if (livedUntil > before) Write();
        }
    }

    /// <summary>Lets windows of a time that agents before have lived begin where none of theirs does. A preview begins where its window will.</summary>
    public void SetApart(IReadOnlyList<VitalsWindow> windows)
    {
        var behind = times * StepMs;
        foreach (var window in windows)
        {
            // Others are an agent's first: when it began to watch, no other did.
            if (window.WindowStartUnixMs >= livedBefore || window.WindowStartUnixMs % LengthMs >= GraceMs) continue;
            window.WindowStartUnixMs += behind;
            window.WindowMs -= (uint)behind;
            window.ObservedMs = Math.Min(window.ObservedMs, window.WindowMs);
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>Not flushed: a host that crashes and has its clock set back as well loses some windows at worst.</summary>
    private void Write()
    {
        var record = new byte[RecordBytes];
        BinaryPrimitives.WriteInt64LittleEndian(record, livedUntil);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(sizeof(long)), times);
        try
        {
            RandomAccess.Write(file, record, 0);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // Vitals go on without it: it matters only where the clock is set back, too.
        }
    }
}
