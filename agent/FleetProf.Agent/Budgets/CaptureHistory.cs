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

    /// <summary>Captures that began in the hour before. A clock set back must not lift the limit: what seems to lie ahead counts as well.</summary>
    public int InLastHour(DateTimeOffset now) => entries.Count(entry => now - entry.At < Hour);

    /// <summary>When the instance's last heap snapshot began; null when it is not remembered.</summary>
    public DateTimeOffset? LastSnapshot(string instanceId) =>
        entries.Where(entry => entry.Kind == CaptureKind.Gcdump && entry.InstanceId == instanceId).Select(entry => (DateTimeOffset?)entry.At).Max();

    /// <summary>Remembers a capture that begins now; durable when it returns.</summary>
    /// <exception cref="IOException">It could not be written; then it must not begin.</exception>
    public void Add(CaptureKind kind, string instanceId, DateTimeOffset now)
    {
        var next = entries.Where(entry => now - entry.At < (entry.Kind == CaptureKind.Gcdump ? LongestCooldown : Hour)).ToList();
        next.Add(new Entry(now, kind, instanceId));
        folder?.Write(FileName, JsonSerializer.SerializeToUtf8Bytes(next));
        entries = next;
    }

    private sealed record Entry(DateTimeOffset At, CaptureKind Kind, string InstanceId);
}
