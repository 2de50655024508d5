using FleetProf.AgentProtocol;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Captures.Journal;

/// <summary>
/// What this agent knows of its captures, over restarts: an append-only file, cut at the first torn frame when it is opened and
/// rewritten when most of it is history. All that is not acknowledged is kept, and the last thousand that are; of those only the ids are in memory. Thread-safe.
/// </summary>
internal sealed partial class CaptureJournal : IDisposable
{
    public const int KeptIds = 1_000;
    private const int CompactionSlack = 4_000;

    private readonly Lock gate = new();
    private readonly string path;
    private readonly ILogger logger;
    private readonly Action<string> flushFolder;
    private readonly Dictionary<CaptureKey, JournalEntry> entries = [];
    private readonly HashSet<CaptureKey> acknowledged = new(KeptIds + 1);
    private readonly Queue<CaptureKey> oldestAcknowledged = new(KeptIds + 1);
    private FileStream file;
    private long wholeBytes;
    private bool hasTornEnd;
    private int recordCount;

    private CaptureJournal(string path, ILogger logger, Action<string> flushFolder)
    {
        (this.path, this.logger, this.flushFolder) = (path, logger, flushFolder);
        file = Open(path, FileMode.OpenOrCreate);
    }

    /// <summary>Opens or creates the journal in a folder. Throws <see cref="IOException"/> when another agent has it open, or the disk fails.</summary>
    public static CaptureJournal Open(string folder, ILogger logger) => Open(folder, logger, DurableFile.FlushFolder);

    /// <param name="folder">Of the journal.</param>
    /// <param name="logger">Told of what is lost.</param>
    /// <param name="flushFolder">Makes the names in a folder durable, or throws <see cref="IOException"/>.</param>
    internal static CaptureJournal Open(string folder, ILogger logger, Action<string> flushFolder)
    {
        Directory.CreateDirectory(folder);
        var journal = new CaptureJournal(Path.Combine(folder, "captures.journal"), logger, flushFolder);
        journal.Load();
        flushFolder(folder);
        return journal;
    }

    /// <summary>All that is not acknowledged, in no order.</summary>
    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (gate) return [.. entries.Values];
        }
    }

    /// <summary>Null when it is not known, or acknowledged.</summary>
    public JournalEntry? Find(CaptureKey key)
    {
        lock (gate) return entries.GetValueOrDefault(key);
    }

    /// <summary>Whether it ever began; of the acknowledged ones, of the last thousand.</summary>
    public bool Knows(CaptureKey key)
    {
        lock (gate) return entries.ContainsKey(key) || acknowledged.Contains(key);
    }

    /// <summary>The last word about it; null before, and when the file does not give it back. That of an acknowledged one is read from the file.</summary>
    public CaptureResult? ResultOf(CaptureKey key)
    {
        lock (gate)
        {
            if (!acknowledged.Contains(key)) return entries.GetValueOrDefault(key)?.Result;
            try
            {
                return Replay().GetValueOrDefault(key)?.Result;
            }
            catch (IOException error)
            {
                LogNotRead(error, path, key.ToString());
                return null;
            }
        }
    }

    /// <summary>
    /// Takes a record; on disk when it returns true, where <paramref name="isDurable"/> beyond a power cut. False: the disk did not
    /// take it, and only this process knows.
    /// </summary>
    public bool Append(JournalRecord record, bool isDurable = true)
    {
        lock (gate)
        {
            Apply(record);
            if (!Write(record, isDurable)) return false;
            if (++recordCount > entries.Count * 5 + CompactionSlack) Compact();
            return true;
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>What was captured here is for the agent's own user.</summary>
    private static FileStream Open(string path, FileMode mode) => StateFolder.OpenPrivate(path, mode, bufferSize: 0);

    private void Load()
    {
        var bytes = ReadFile();
        var (records, goodBytes) = JournalFrames.Read(bytes);
        foreach (var record in records) Apply(record);
        recordCount = records.Count;
        if (goodBytes != bytes.Length)
        {
            LogTorn(bytes.Length - goodBytes, path);
            file.SetLength(goodBytes);
            file.Flush(flushToDisk: true);
        }
        file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Where the next record is written stays as it is.</summary>
    private byte[] ReadFile()
    {
        var bytes = new byte[file.Length];
        for (var count = 0; count < bytes.Length;)
        {
            var more = RandomAccess.Read(file.SafeFileHandle, bytes.AsSpan(count), count);
            if (more == 0) throw new EndOfStreamException($"{path} ends after {count} of {bytes.Length} bytes.");
            count += more;
        }
        return bytes;
    }

    /// <summary>All that the file knows, also what is acknowledged.</summary>
    private Dictionary<CaptureKey, JournalEntry> Replay()
    {
        var all = new Dictionary<CaptureKey, JournalEntry>();
        foreach (var record in JournalFrames.Read(ReadFile()).Records) all[record.Key] = Next(all, record);
        return all;
    }

    private void Apply(JournalRecord record)
    {
        if (acknowledged.Contains(record.Key)) return;
        var entry = Next(entries, record);
        if (entry.IsAcknowledged) Forget(record.Key);
        else entries[record.Key] = entry;
    }

    private static JournalEntry Next(Dictionary<CaptureKey, JournalEntry> known, JournalRecord record) => (known.GetValueOrDefault(record.Key) ?? new JournalEntry(record.Key)).With(record);

    /// <summary>All but its id: next to none is asked for again.</summary>
    private void Forget(CaptureKey key)
    {
        entries.Remove(key);
        acknowledged.Add(key);
        oldestAcknowledged.Enqueue(key);
        while (oldestAcknowledged.Count > KeptIds) acknowledged.Remove(oldestAcknowledged.Dequeue());
    }

    private bool Write(JournalRecord record, bool isDurable)
    {
        if (!hasTornEnd) wholeBytes = file.Length;
        else if (hasTornEnd = !TryCut()) return false;
        try
        {
            file.Write(JournalFrames.ToBytes(record));
            if (isDurable) file.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException error)
        {
            LogNotWritten(error, record.Key.ToString(), record.Stage);
            hasTornEnd = !TryCut();
            return false;
        }
    }

    /// <summary>Half a frame would hide all that follows it.</summary>
    private bool TryCut()
    {
        try
        {
            file.SetLength(wholeBytes);
            file.Seek(0, SeekOrigin.End);
            return true;
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private void Compact()
    {
        var temporary = path + ".new";
        try
        {
            var written = Replay();
            var ended = oldestAcknowledged.Select(key => (written.GetValueOrDefault(key) ?? new JournalEntry(key)) with { IsAcknowledged = true });
            var records = ended.Concat(entries.Values).SelectMany(entry => entry.ToRecords()).ToList();
            WriteAside(temporary, records);
            recordCount = records.Count;
            flushFolder(Path.GetDirectoryName(path)!);
        }
        catch (IOException error)
        {
            // The file that is open is as good; it is tried again after as many records.
            LogNotCompacted(error, path);
            recordCount = 0;
        }
    }

    /// <summary>From the moment that it has the name, the new file is the one that is written to: records in the old one would be found by nobody.</summary>
    private void WriteAside(string temporary, List<JournalRecord> records)
    {
        var next = Open(temporary, FileMode.Create);
        try
        {
            foreach (var record in records) next.Write(JournalFrames.ToBytes(record));
            next.Flush(flushToDisk: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            next.Dispose();
            throw;
        }
        file.Dispose();
        file = next;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last {Bytes} bytes of {Path} were torn by a crash and are left out")]
    private partial void LogTorn(int bytes, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal did not take '{Stage}' of capture {Capture}; free disk space in the state folder")]
    private partial void LogNotWritten(Exception error, string capture, JournalStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} could not be read for the result of capture {Capture}, which is asked for again")]
    private partial void LogNotRead(Exception error, string path, string capture);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} could not be rewritten shorter")]
    private partial void LogNotCompacted(Exception error, string path);
}
