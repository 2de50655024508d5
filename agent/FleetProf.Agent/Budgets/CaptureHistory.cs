using System.Text.Json;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Budgets;

/// <summary>When captures began, as far back as rates and cool-downs look. Durable where there is a state folder. Not thread-safe.</summary>
internal sealed class CaptureHistory
{
    private const string FileName = "capture-history.json";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestCooldown = TimeSpan.FromDays(7);
    private readonly StateFolder? folder;
    private List<Entry> entries = [];

    /// <summary>Reads what an earlier agent wrote. A file that cannot be read is begun anew; <see cref="IsLost"/> says so.</summary>
    public CaptureHistory(StateFolder? folder)
    {
        this.folder = folder;
        if (folder?.Read(FileName) is not { } content) return;
        try
        {
            entries = JsonSerializer.Deserialize<List<Entry>>(content) ?? [];
        }
        catch (JsonException)
        {
            IsLost = true;
        }
    }

    public bool IsLost { get; }

    /// <summary>Captures that began in the hour before.</summary>
    public int InLastHour(DateTimeOffset now) => Known(now).Count(entry => entry.FiredService is null && now - entry.At < Hour);

    /// <summary>When the instance's last heap snapshot began; null when it is not remembered.</summary>
    public DateTimeOffset? LastSnapshot(string instanceId, DateTimeOffset now) =>
        Known(now).Where(entry => entry.Kind == CaptureKind.Gcdump && entry.FiredService is null && entry.InstanceId == instanceId).Select(entry => (DateTimeOffset?)entry.At).Max();

    /// <summary>When a capture of this service last had the pause that it waited for; null when that is not remembered.</summary>
    public DateTimeOffset? LastFired(string service, DateTimeOffset now) => Known(now).Where(entry => entry.FiredService == service).Select(entry => (DateTimeOffset?)entry.At).Max();

    /// <summary>Remembers a capture that begins now; durable when it returns.</summary>
    /// <exception cref="IOException">It could not be written; then it must not begin.</exception>
    public void Add(CaptureKind kind, string instanceId, DateTimeOffset now) => Add(new Entry(now, kind, instanceId));

    /// <summary>Remembers that the pause came that a capture waited for; durable when it returns.</summary>
    /// <exception cref="IOException">It could not be written; then nothing may be kept of it.</exception>
    public void AddFired(CaptureKind kind, string service, string instanceId, DateTimeOffset now) => Add(new Entry(now, kind, instanceId, service));

    /// <summary>
    /// A clock set back must not lift a limit, nor hold it until the time comes that it showed: what seems to lie ahead is as if it were now.
    /// </summary>
    private List<Entry> Known(DateTimeOffset now)
    {
        if (entries.Exists(entry => entry.At > now)) entries = [.. entries.Select(entry => entry.At > now ? entry with { At = now } : entry)];
        return entries;
    }

    private void Add(Entry entry)
    {
        var next = Needed([.. Known(entry.At), entry], entry.At);
        using var content = new MemoryStream();
        // In pieces: in one, the shared pool would keep a buffer as large as the file for each thread that ever wrote it.
        JsonSerializer.Serialize(content, next);
        folder?.Write(FileName, content.GetBuffer().AsSpan(0, (int)content.Length));
        entries = next;
    }

    /// <summary>Of the last hour every capture counts, of what is older only the last snapshot of each instance, and of the pauses the last of each service.</summary>
    private static List<Entry> Needed(List<Entry> all, DateTimeOffset now)
    {
        var last = new Dictionary<(bool IsFired, string Of), Entry>();
        foreach (var entry in all)
            if (CoolsDown(entry) is { } cooling)
                last[cooling] = entry;
        return all.FindAll(entry => (entry.FiredService is null && now - entry.At < Hour)
            || (CoolsDown(entry) is { } cooling && ReferenceEquals(last[cooling], entry) && now - entry.At < LongestCooldown));
    }

    /// <summary>What must wait after it: an instance, or a service. Null where nothing must.</summary>
    private static (bool IsFired, string Of)? CoolsDown(Entry entry) =>
        entry.FiredService is { } service ? (true, service) : entry.Kind == CaptureKind.Gcdump ? (false, entry.InstanceId) : null;

    private sealed record Entry(DateTimeOffset At, CaptureKind Kind, string InstanceId, string? FiredService = null);
}
