using System.Globalization;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>300 made-up processes; about 20 of them change at each look.</summary>
internal sealed class FakeInstances
{
    public static readonly string[] Services =
    [
        "checkout", "catalog", "reports", "basket", "billing", "delivery", "fraud-check", "identity", "inventory", "invoices",
        "loyalty", "notifications", "orders", "payments", "pricing", "recommendations", "returns", "search", "shipping-labels", "tax",
    ];

    private const int Count = 300;

    private readonly Lock _gate = new();
    private readonly Random _random = new(42);
    private readonly Dictionary<string, (Instance Row, long Version)> _rows = new(StringComparer.Ordinal);
    private DateTimeOffset _lastTick;
    private long _version = 1;

    public FakeInstances(DateTimeOffset start)
    {
        _lastTick = start;
        for (var i = 0; i < Count; i++)
        {
            var row = Create(i, start);
            _rows[row.InstanceId] = (row, 1);
        }
    }

    public IReadOnlyList<Instance> All()
    {
        lock (_gate)
        {
            return [.. _rows.Values.Select(entry => entry.Row).OrderBy(row => row.Service, StringComparer.Ordinal).ThenBy(row => row.InstanceId, StringComparer.Ordinal)];
        }
    }

    /// <summary>Of what is live, as the silo's: what has ended is in no answer.</summary>
    public FleetChanges ChangesSince(long version, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (now - _lastTick >= TimeSpan.FromMilliseconds(400))
            {
                Tick(now);
            }

            var isFull = version <= 0 || version > _version;
            var changed = _rows.Values.Where(entry => entry.Row.State != InstanceState.Ended && (isFull || entry.Version > version)).Select(entry => entry.Row);
            return new() { Version = _version, IsFull = isFull, Changed = [.. changed] };
        }
    }

    private void Tick(DateTimeOffset now)
    {
        _lastTick = now;
        _version++;
        foreach (var id in _rows.Keys.Where(_ => _random.NextDouble() < 20.0 / Count).ToArray())
        {
            var row = _rows[id].Row;
            if (row.State == InstanceState.Running && row.Vitals is { } vitals)
            {
                _rows[id] = (row with { LastSeenAt = now, Vitals = Wander(vitals, now) }, _version);
            }
        }
    }

    private InstanceVitals Wander(InstanceVitals vitals, DateTimeOffset now)
    {
        var change = 0.85 + (_random.NextDouble() * 0.3);
        var pause = Math.Clamp(vitals.LastPauseMs * change, 0.3, 900);
        return vitals with
        {
            UpdatedAt = now,
            LastGcAt = now,
            LastPauseMs = pause,
            MaxPauseMs = Math.Max(pause, vitals.MaxPauseMs * 0.99),
            PauseP99Ms = (vitals.PauseP99Ms * 0.9) + (pause * 0.12),
            HeapBytes = (long)(vitals.HeapBytes * (0.97 + (_random.NextDouble() * 0.06))),
            CpuCores = Math.Clamp(vitals.CpuCores * change, 0.01, 8),
            GcCount = vitals.GcCount + 1,
        };
    }

    private Instance Create(int index, DateTimeOffset start)
    {
        // Most instances belong to the first services, as in life.
        var service = Services[index < 60 ? index % 3 : index % Services.Length];
        var host = string.Create(CultureInfo.InvariantCulture, $"node-{index % 40:d2}.eu-west.example");
        var state = index % 37 == 5 ? InstanceState.Unreachable : index % 29 == 7 ? InstanceState.Ended : InstanceState.Running;
        var started = start - TimeSpan.FromMinutes(_random.Next(20, 4000));
        return new()
        {
            InstanceId = string.Create(CultureInfo.InvariantCulture, $"i{index:d4}"),
            Service = service,
            Version = VersionOf(service, index),
            Host = host,
            Pid = 1000 + (index * 7),
            StartedAt = started,
            FirstSeenAt = started + TimeSpan.FromSeconds(4),
            LastSeenAt = state == InstanceState.Running ? start : start - TimeSpan.FromMinutes(9),
            State = state,
            Problem = index % 41 == 3 ? InstanceProblem.DiagnosticsDisabled : InstanceProblem.None,
            ProblemDetail = index % 41 == 3 ? "DOTNET_EnableDiagnostics=0 is set" : null,
            Runtime = index % 9 == 0 ? "8.0.22" : "10.0.12",
            EntryAssembly = $"Example.{service}",
            CommandLine = $"dotnet Example.{service}.dll --connection=[redacted]",
            ContainerId = index % 2 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{index:x12}") : "",
            Pod = index % 2 == 0 ? $"{service}-7d9f-{index}" : "",
            Environment = "production",
            GcMode = index % 3 == 0 ? "Workstation" : "Server",
            GcSettings = new Dictionary<string, string> { ["GCHeapCount"] = "4", ["GCConserveMemory"] = "0" },
            ProcessorCount = 4,
            MemoryLimitBytes = 2L << 30,
            Labels = new Dictionary<string, string> { ["zone"] = $"eu-west-1{(char)('a' + (index % 3))}" },
            AgentId = $"agent-{index % 40:d2}",
            Vitals = state == InstanceState.Ended || index % 41 == 3 ? null : FirstVitals(service, start),
        };
    }

    private static string VersionOf(string service, int index) => service switch
    {
        "checkout" => "1.1.0",
        "orders" => index % 2 == 0 ? "4.2.0" : "4.2.1",
        _ => "2.0.0",
    };

    private InstanceVitals FirstVitals(string service, DateTimeOffset start)
    {
        var scale = service switch { "checkout" => 3.0, "reports" => 12.0, _ => 1.0 };
        var pause = (1 + (_random.NextDouble() * 6)) * scale;
        return new()
        {
            UpdatedAt = start,
            LastPauseMs = pause,
            LastGcAt = start - TimeSpan.FromSeconds(_random.Next(1, 50)),
            PauseP99Ms = pause * 2.1,
            MaxPauseMs = pause * 3,
            TimeInGcPercent = Math.Min(40, _random.NextDouble() * 2 * scale),
            HeapBytes = (long)((60 + (_random.NextDouble() * 400)) * 1e6 * Math.Sqrt(scale)),
            AllocatedBytesPerSecond = _random.NextDouble() * 90e6 * scale,
            WorkingSetBytes = (long)((200 + (_random.NextDouble() * 500)) * 1e6),
            CpuCores = _random.NextDouble() * 2.2,
            GcCount = _random.Next(50, 90_000),
        };
    }
}
