using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetProf.Faults.History;

/// <summary>An append-only file of JSON lines. Lines are only ever added, and each is in the file before the next thing happens.</summary>
internal sealed class HistoryFile : IDisposable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Lock gate = new();
    private readonly StreamWriter writer;
    private readonly List<HistoryEvent> events = [];
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset beganAt = DateTimeOffset.UtcNow;

    public HistoryFile(string path) => (Path, writer) = (path, new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read)) { AutoFlush = true });

    public string Path { get; }

    public long Now => (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<HistoryEvent> Events
    {
        get
        {
            lock (gate)
            {
                return [.. events];
            }
        }
    }

    /// <summary>A time of the silo's clock, which is this machine's.</summary>
    public long? Of(DateTimeOffset? time) => time is null ? null : (long)(time.Value - beganAt).TotalMilliseconds;

    public void Add(HistoryEvent line)
    {
        lock (gate)
        {
            var stamped = line with { At = Now };
            events.Add(stamped);
            writer.WriteLine(JsonSerializer.Serialize(stamped, Format));
        }
    }

    public static IReadOnlyList<HistoryEvent> Read(string path) => [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<HistoryEvent>(line, Format)!)];

    public void Dispose() => writer.Dispose();
}
