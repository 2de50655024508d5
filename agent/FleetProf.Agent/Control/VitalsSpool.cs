using System.Buffers.Binary;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Agent.Control;

/// <summary>
/// Finished windows on their way to the silo: on disk from the moment they are finished until the silo acknowledges them. A killed
/// agent loses none of them; a crash of the host at most those of the last second. When the space is used up the oldest go, and are
/// counted. Thread-safe.
/// </summary>
internal sealed partial class VitalsSpool : IDisposable
{
    private const int WindowsPerBatch = 200;
    private const int SegmentsAtLeast = 16;
    private const int MaxSegmentBytes = 1 << 20;
    private const int MaxMemoryBytes = 4 << 20;
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly string folder;
    private readonly AgentOptions options;
    private readonly Func<string, long> freeBytes;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly List<SpoolSegment> segments;
    private readonly int segmentBytes;
    private readonly SafeFileHandle mark;
    private bool isDirty;
    private bool isDiskRefusing;

    /// <param name="folder">Holds nothing else.</param>
    /// <param name="options">Limits.</param>
    /// <param name="logger">Is told when windows are lost.</param>
    /// <param name="freeBytes">Free space of the disk of a folder.</param>
    public VitalsSpool(string folder, AgentOptions options, ILogger<VitalsSpool> logger, Func<string, long>? freeBytes = null)
    {
        (this.folder, this.options, this.logger) = (folder, options, logger);
        this.freeBytes = freeBytes ?? (path => new DriveInfo(path).AvailableFreeSpace);
        segmentBytes = (int)Math.Clamp(options.VitalsSpoolBytes / SegmentsAtLeast, 4096, MaxSegmentBytes);
        segments = SpoolSegment.OpenAll(folder, LogTorn);
        mark = File.OpenHandle(Path.Combine(folder, "acknowledged"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var marked = new byte[sizeof(ulong)];
        var remembered = RandomAccess.Read(mark, marked, 0) == marked.Length ? BinaryPrimitives.ReadUInt64LittleEndian(marked) : 0;
        // A mark beyond the records belongs to others that are gone.
        Acknowledged = segments.Count == 0 ? remembered : Math.Max(segments[0].FirstSequence - 1, remembered < NextSequence ? remembered : 0);
    }

    /// <summary>There is something new to send, from the sequence that is given on. Raised on the thread of the appender, outside of locks.</summary>
    public event Action<ulong>? Added;

    /// <summary>Everything up to and including it is with the silo.</summary>
    public ulong Acknowledged { get; private set; }

    /// <summary>Windows lost because there was no space or the disk did not give them back, since this object was made.</summary>
    public long DroppedWindows { get; private set; }

    public long Bytes
    {
        get
        {
            lock (gate) return segments.Sum(segment => (long)segment.Bytes);
        }
    }

    /// <summary>Keeps the windows; they survive the end of this process when it returns.</summary>
    public void Append(IReadOnlyList<VitalsWindow> windows)
    {
        if (windows.Count == 0) return;
        ulong first;
        lock (gate)
        {
            first = NextSequence;
            for (var at = 0; at < windows.Count;)
            {
                var batch = new VitalsBatch { Sequence = NextSequence };
                var bytes = 0;
                do
                {
                    bytes += windows[at].CalculateSize();
                    batch.Windows.Add(windows[at++]);
                }
                while (at < windows.Count && batch.Windows.Count < WindowsPerBatch && bytes + windows[at].CalculateSize() <= segmentBytes);
                Append(batch.ToByteArray(), batch.Windows.Count);
            }
            isDirty = true;
        }
        Added?.Invoke(first);
    }

    /// <summary>The first batch after <paramref name="sequence"/>; null when there is none yet.</summary>
    public VitalsBatch? ReadAfter(ulong sequence)
    {
        lock (gate)
        {
            foreach (var segment in segments)
            {
                for (var next = Math.Max(sequence + 1, segment.FirstSequence); next < segment.NextSequence; next++)
                {
                    if (segment.Read(next) is { } content) return VitalsBatch.Parser.ParseFrom(content);
                    GiveUp(segment, next);
                }
            }
            return null;
        }
    }

    /// <summary>The silo has everything up to and including <paramref name="sequence"/>.</summary>
    public void Acknowledge(ulong sequence)
    {
        lock (gate)
        {
            if (sequence <= Acknowledged || sequence >= NextSequence) return;
            Acknowledged = sequence;
            Remember(sequence);
            // The last segment stays, or a restarted agent would begin at 1 again.
            if (segments[^1].NextSequence == sequence + 1 && (segments[^1].Bytes > segmentBytes / 2 || segments[^1].IsInMemory)) OpenSegment();
            while (segments.Count > 1 && segments[0].NextSequence <= sequence + 1) RemoveFirst();
        }
    }

    /// <summary>Makes what was appended durable every second, and once more at the end.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(FlushInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) Flush();
        }
        catch (OperationCanceledException)
        {
        }
    }

    public void Flush()
    {
        SpoolSegment last;
        lock (gate)
        {
            if (!isDirty || segments.Count == 0) return;
            isDirty = false;
            last = segments[^1];
        }
        Flush(last);
    }

    public void Dispose()
    {
        Flush();
        foreach (var segment in segments) segment.Dispose();
        mark.Dispose();
    }

    private void Flush(SpoolSegment segment)
    {
        try
        {
            segment.Flush();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            LogNotFlushed(error.Message);
        }
    }

    private ulong NextSequence => segments.Count > 0 ? segments[^1].NextSequence : Acknowledged + 1;

    /// <summary>Not flushed: after a crash of the host some batches are sent twice, which harms nothing.</summary>
    private void Remember(ulong sequence)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, sequence);
        try
        {
            RandomAccess.Write(mark, bytes, 0);
        }
        catch (IOException error)
        {
            LogNotFlushed(error.Message);
        }
    }

    private void Append(byte[] content, int windows)
    {
        var hasRoom = MakeRoom(content.Length);
        try
        {
            if (hasRoom)
            {
                if (segments.Count == 0 || segments[^1].IsInMemory || segments[^1].Bytes + content.Length > segmentBytes) OpenSegment();
                segments[^1].Append(content, windows);
                if (isDiskRefusing && !segments[^1].IsInMemory) LogDiskTakes(DroppedWindows);
                isDiskRefusing = segments[^1].IsInMemory;
                return;
            }
        }
        catch (IOException error)
        {
            LogDiskRefuses(error.Message);
        }
        AppendInMemory(content, windows);
    }

    /// <summary>The disk is full: what is sent soon is not lost. What is not goes, oldest first.</summary>
    private void AppendInMemory(byte[] content, int windows)
    {
        if (!isDiskRefusing) LogDiskRefuses("the space that the spool may use is used up");
        isDiskRefusing = true;
        if (segments.Count == 0 || !segments[^1].IsInMemory || segments[^1].Bytes > MaxMemoryBytes / 4) segments.Add(SpoolSegment.CreateInMemory(NextSequence));
        segments[^1].Append(content, windows);
        while (segments.Where(segment => segment.IsInMemory).Sum(segment => segment.Bytes) > MaxMemoryBytes) Drop(segments.First(segment => segment.IsInMemory));
    }

    /// <summary>Drops the oldest until the record fits into the limits; false when it cannot fit.</summary>
    private bool MakeRoom(int contentBytes)
    {
        var onDisk = segments.Where(segment => !segment.IsInMemory).Sum(segment => (long)segment.Bytes);
        // Beside others who filled the disk the spool may not grow, but what it has it may use anew.
        var limit = FreeBytes() - contentBytes < options.ReserveBytes ? Math.Min(onDisk, options.VitalsSpoolBytes) : options.VitalsSpoolBytes;
        while (onDisk + contentBytes > limit)
        {
            var oldest = segments.FirstOrDefault(segment => !segment.IsInMemory);
            if (oldest is null || oldest == segments[^1]) return false;
            onDisk -= oldest.Bytes;
            Drop(oldest);
        }
        return true;
    }

    /// <summary>Nothing where the disk does not say.</summary>
    private long FreeBytes()
    {
        try
        {
            return freeBytes(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private void OpenSegment()
    {
        if (segments.Count > 0) Flush(segments[^1]);
        var next = NextSequence;
        try
        {
            segments.Add(SpoolSegment.Create(folder, next));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            segments.Add(SpoolSegment.CreateInMemory(next));
            LogDiskRefuses(error.Message);
        }
    }

    private void Drop(SpoolSegment segment)
    {
        var lost = segment.WindowsFrom(Acknowledged + 1);
        DroppedWindows += lost;
        if (lost > 0) LogDropped(lost, DroppedWindows);
        segments.Remove(segment);
        Delete(segment);
    }

    private void GiveUp(SpoolSegment segment, ulong sequence)
    {
        var lost = segment.GiveUp(sequence);
        DroppedWindows += lost;
        if (lost > 0) LogUnreadable(lost, DroppedWindows);
    }

    private void RemoveFirst()
    {
        var first = segments[0];
        segments.RemoveAt(0);
        Delete(first);
    }

    private void Delete(SpoolSegment segment)
    {
        try
        {
            segment.Delete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Sent again after a restart, which harms nothing.
            LogNotFlushed(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Vitals wait in memory, the disk takes no more: {Reason}")]
    private partial void LogDiskRefuses(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Vitals wait on disk again; {Dropped} windows were lost since the start")]
    private partial void LogDiskTakes(long dropped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Lost} windows of vitals were dropped, the spool is full ({Dropped} since the start)")]
    private partial void LogDropped(int lost, long dropped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Lost} windows of vitals were lost, the disk does not give them back as they were written ({Dropped} since the start)")]
    private partial void LogUnreadable(int lost, long dropped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last {Bytes} bytes of {Path} were torn by a crash or spoiled by the disk and are left out")]
    private partial void LogTorn(long bytes, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The spool could not be flushed: {Reason}")]
    private partial void LogNotFlushed(string reason);
}
