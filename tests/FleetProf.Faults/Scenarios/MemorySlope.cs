using System.Globalization;

namespace FleetProf.Faults.Scenarios;

/// <summary>How the memory of processes grows, by the median slope of all pairs of readings: a few wild ones do not move it.</summary>
internal sealed class MemorySlope
{
    /// <summary>A process compiles its code and fills its pools at first.</summary>
    private const double WarmUp = 0.3;

    private readonly Dictionary<(string Name, int Pid), List<(double Hours, double Megabytes)>> readings = [];

    public void Add(string name, int pid, TimeSpan at, double megabytes)
    {
        if (!readings.TryGetValue((name, pid), out var list))
        {
            readings[(name, pid)] = list = [];
        }

        list.Add((at.TotalHours, megabytes));
    }

    /// <summary>Percent an hour of the median reading; null with fewer than five.</summary>
    public static double? PercentPerHour(IReadOnlyList<(double Hours, double Megabytes)> all)
    {
        if (all.Count < 5)
        {
            return null;
        }

        var from = all[0].Hours + ((all[^1].Hours - all[0].Hours) * WarmUp);
        var late = all.Where(reading => reading.Hours >= from).ToList();
        var slopes = late.SelectMany((first, index) => late.Skip(index + 1).Where(second => second.Hours > first.Hours).Select(second => (second.Megabytes - first.Megabytes) / (second.Hours - first.Hours))).Order().ToList();
        var middle = late.Select(reading => reading.Megabytes).Order().ElementAt(late.Count / 2);
        return slopes.Count == 0 ? null : slopes[slopes.Count / 2] / middle * 100;
    }

    public IEnumerable<string> Lines() => readings.Where(entry => entry.Value.Count >= 5).Select(entry => string.Create(
        CultureInfo.InvariantCulture,
        $"memory of {entry.Key.Name}: {entry.Value[0].Megabytes:0} MB at first, {entry.Value[^1].Megabytes:0} MB at the end, {entry.Value.Count} readings over {(entry.Value[^1].Hours - entry.Value[0].Hours) * 60:0} min, median slope after the warm-up {PercentPerHour(entry.Value):+0.0;-0.0} %/h"));
}
