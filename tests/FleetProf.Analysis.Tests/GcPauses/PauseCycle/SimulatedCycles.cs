using FleetProf.Analysis.GcPauses.PauseCycle;

namespace FleetProf.Analysis.Tests.GcPauses.PauseCycle;

/// <summary>A program with a known pause cycle: requests of a fixed duration keep their objects alive, the rest dies at once.</summary>
internal sealed record SimulatedCycles
{
    /// <summary>Per millisecond, while the program runs.</summary>
    public double BytesPerMs { get; init; } = 150_000;

    /// <summary>Time for which fresh objects live.</summary>
    public double LifetimeMs { get; init; } = 4;

    /// <summary>Part of what is allocated that lives for long.</summary>
    public double LongLived { get; init; } = 0.01;

    public double FixedMs { get; init; } = 0.4;

    public double MsPerMegabyte { get; init; } = 2;

    /// <summary>Work comes at its own pace: pauses do not make the allocation rate fall.</summary>
    public bool IsPaced { get; init; } = true;

    /// <summary>A set budget below comes out as this one.</summary>
    public double Floor { get; init; }

    public double Noise { get; init; } = 0.1;

    public double Promoted(double budget) => (LongLived * budget) + ((1 - LongLived) * Math.Min(budget, BytesPerMs * LifetimeMs));

    public double PauseMs(double budget) => FixedMs + (MsPerMegabyte * Promoted(budget) / 1e6);

    public double IntervalMs(double budget) => (budget / BytesPerMs) + (IsPaced ? 0 : PauseMs(budget));

    public CycleSeries Run(long budget, int count, int seed, Func<double, double>? load = null, Func<double, double>? pause = null)
    {
        var random = new Random(seed);
        double Jitter(double amount) => Math.Exp(((random.NextDouble() + random.NextDouble() + random.NextDouble()) * 2 - 3) * amount);
        var cycles = new List<YoungCycle>();
        for (var i = 0; i < count; i++)
        {
            var part = (double)i / count;
            var allocated = Math.Max(budget, Floor) * Jitter(Noise / 4);
            var rate = load?.Invoke(part) ?? 1;
            var promoted = Promoted(allocated) * Jitter(Noise);
            var pauseMs = (FixedMs + (MsPerMegabyte * promoted / 1e6)) * Jitter(Noise * 1.5) * (pause?.Invoke(part) ?? 1);
            cycles.Add(new YoungCycle(1, (allocated / (BytesPerMs * rate) * Jitter(Noise)) + (IsPaced ? 0 : pauseMs), pauseMs, allocated, promoted));
        }

        return new CycleSeries(new CycleSetting { Gen0BudgetBytes = budget }, cycles);
    }
}
