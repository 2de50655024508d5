using FleetProf.Agent.Discovery.Procfs;
using FleetProf.Measures.GcPauses.Go;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>
/// Follows a log from its end on, over truncation and replacement. Reads regular files only, a bounded number of bytes at a time, and keeps
/// nothing of what is no gctrace line. A file that was renamed is followed as long as it is the program's standard error still: Go writes there,
/// whatever the name has become of.
/// </summary>
internal sealed class GcTraceTail : IGoSource
{
    private const int PieceBytes = 64 * 1024;
    private const long MostBytesAtOnce = 8 << 20;

    /// <summary>What is further behind is passed over: the collections in it are counted as missed, by their numbers.</summary>
    private const long MostBacklog = 64 << 20;

    /// <summary>Go collects at least every two minutes, unless GOGC is off, or its heap has not reached the first 4 MB.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);

    private readonly string path;
    private readonly Func<FileFacts?> standardError;
    private readonly bool isTracing;
    private readonly TimeProvider time;
    private readonly byte[] buffer = new byte[PieceBytes];
    private readonly List<GoGc> found = [];
    private readonly GcTraceReader reader;
    private SafeFileHandle? file;
    private FileFacts facts;
    private long position;
    private bool hasOpened;
    private long foundAt;

    /// <param name="path">Of the log.</param>
    /// <param name="standardError">What the program writes to now; null where that cannot be told.</param>
    /// <param name="isTracing">The program is known to write a line of every collection: then its silence says that it does not collect.</param>
    /// <param name="time">The clock.</param>
    public GcTraceTail(string path, Func<FileFacts?> standardError, bool isTracing, TimeProvider time)
    {
        (this.path, this.standardError, this.isTracing, this.time) = (path, standardError, isTracing, time);
        foundAt = time.GetTimestamp();
        reader = new GcTraceReader(found.Add);
    }

    public Task<string?> ReadAsync(GoRecorder recorder, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            var problem = Follow();
            var now = time.GetUtcNow();
            foreach (var gc in found) recorder.Add(gc, now);
            if (found.Count > 0) foundAt = time.GetTimestamp();
            found.Clear();
            if (problem is null && recorder is { OwnGcs: 0, ForeignGcs: > 0 }) problem = $"The collections in {path} are of a program that started at another time.";
            else if (problem is null && time.GetElapsedTime(foundAt) >= LongestSilence && !(isTracing && IsStandardError)) problem = Silent;
            return Task.FromResult(problem);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Close();
            return Task.FromResult<string?>($"{path} cannot be read: {error.Message}");
        }
    }

    public void Dispose() => Close();

    private bool IsStandardError => standardError()?.IsSameFile(facts) == true;

    private string Silent => $"No collection came in {path} for {LongestSilence.TotalMinutes:0} minutes, and Go collects at least every two: GODEBUG=gctrace=1 is not set, the standard error goes elsewhere, or GOGC is off.";

    private string? Follow()
    {
        if (file is null && Open() is { } refusal) return refusal;
        ReadOn();
        // The rest of the old file first, then the new one under its name.
        if (position < RandomAccess.GetLength(file!) || IsCurrent() || IsStandardError) return null;
        Close();
        if (Open() is { } problem) return problem;
        ReadOn();
        return null;
    }

    private string? Open()
    {
        // An agent that starts behind a rotation finds an empty file under the name, and the program writing to the renamed one still.
        var current = !hasOpened && standardError() is { } written ? StandardError.LogOf(path, written) ?? path : path;
        using var place = LinuxFile.OpenPath(current, out var error);
        if (place.IsInvalid) return error == LinuxFile.NoSuchFile ? $"{path} does not exist." : $"{path} cannot be opened (error {error}).";
        if (LinuxFile.FactsOf(place) is not { IsRegular: true } regular) return $"{path} is no regular file.";
        var opened = LinuxFile.OpenForReading(place, out error);
        if (opened.IsInvalid)
        {
            opened.Dispose();
            return $"{path} cannot be opened (error {error}).";
        }
        (file, facts) = (opened, regular);
        // What stands in the log already happened before we watched; a file that replaced another is all new.
        position = hasOpened ? 0 : RandomAccess.GetLength(opened);
        hasOpened = true;
        return null;
    }

    private void ReadOn()
    {
        var length = RandomAccess.GetLength(file!);
        if (length < position || length - position > MostBacklog)
        {
            reader.Drop();
            position = length < position ? 0 : length;
        }
        var end = Math.Min(length, position + MostBytesAtOnce);
        while (position < end && RandomAccess.Read(file!, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)), position) is > 0 and var count)
        {
            reader.Append(buffer.AsSpan(0, count));
            position += count;
        }
    }

    private bool IsCurrent()
    {
        using var place = LinuxFile.OpenPath(path, out _);
        return place.IsInvalid || LinuxFile.FactsOf(place) is not { } now || now.IsSameFile(facts);
    }

    private void Close()
    {
        if (file is null) return;
        file.Dispose();
        file = null;
        reader.Drop();
    }
}
