using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>
/// Counts the collections of a process for a while with everything real - agent, silo, portal - and the agent killed in between,
/// and sets the trend's number beside the process's own GC.CollectionCount.
/// </summary>
internal sealed class GcCounts(TimeSpan duration)
{
    private const string Service = "gc-counts";

    /// <summary>Longer than a window: what a killed agent had not finished is part of the gap.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(13);

    public async Task RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("fleetprof-counts-").FullName;
        await using var up = FleetProfProcess.Start("up", "--data", data, "--port", "0", "--no-browser");
        await up.UntilSaidAsync("/login?t=", TimeSpan.FromSeconds(100));
        await using var probe = await GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", Service), ("FLEETPROF_VERSION", "1.0"));
        var started = DateTimeOffset.UtcNow;
        await TargetSessions.UntilAsync(probe.Pid, isWatched: true);

        var first = await WorkAsync(probe, duration / 2);
        await Task.Delay(Quiet);
        await FleetProfProcess.SignalAsync(up.Child("FleetProf.Agent").Pid, "KILL");
        // The runtime notices that nobody reads only when it has something to send; the next agent needs seconds to get here.
        var unseen = await WorkAsync(probe, TimeSpan.Zero);
        await TargetSessions.UntilAsync(probe.Pid, isWatched: false);
        await TargetSessions.UntilAsync(probe.Pid, isWatched: true);
        var second = await WorkAsync(probe, duration / 2);
        await Task.Delay(Quiet);

        await PrintAsync(data, started, first.Zip(second, (one, two) => one + two).ToArray(), unseen);
        await FleetProfProcess.SignalAsync(up.Pid, "TERM");
        await up.UntilEndAsync(TimeSpan.FromSeconds(30));
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Collections of each generation that the work made, by the process's own count: gen0, gen1, gen2 only.</summary>
    private static async Task<long[]> WorkAsync(GcProbeProcess probe, TimeSpan time)
    {
        var before = await probe.GetCollectionCountsAsync();
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round == 0 || Stopwatch.GetElapsedTime(started) < time; round++)
        {
            await probe.AskAsync("churn 100");
            await probe.AskAsync(round % 3 == 0 ? "collect 2 background" : "collect 1 blocking");
            await Task.Delay(200);
        }

        var after = await probe.GetCollectionCountsAsync();

        // A collection of a generation counts for the younger ones too.
        return [after[0] - before[0] - (after[1] - before[1]), after[1] - before[1] - (after[2] - before[2]), after[2] - before[2]];
    }

    private static async Task PrintAsync(string data, DateTimeOffset started, long[] own, long[] unseen)
    {
        using var connection = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "connection.json")));
        using var http = new HttpClient { BaseAddress = new Uri(connection.RootElement.GetProperty("url").GetString()!) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", connection.RootElement.GetProperty("token").GetString());
        var from = Uri.EscapeDataString(started.AddSeconds(-30).ToString("O", CultureInfo.InvariantCulture));
        using var trend = JsonDocument.Parse(await http.GetStringAsync($"/api/v1/services/{Service}/trend?step=10&from={from}"));
        var points = trend.RootElement.GetProperty("points").EnumerateArray().ToList();
        long Sum(string name) => points.Sum(point => point.GetProperty(name).GetInt64());
        long[] counted = [Sum("gen0Count"), Sum("gen1Count"), Sum("gen2Count")];
        var gaps = points.Count(point => point.GetProperty("observedFraction").GetDouble() < 0.999);
        Console.WriteLine($"own count outside the gap, gen0 gen1 gen2: {string.Join(' ', own)}");
        Console.WriteLine($"FleetProf's count,         gen0 gen1 gen2: {string.Join(' ', counted)}   missed by its own reckoning: {Sum("missedGcCount")}");
        Console.WriteLine($"made while the agent was dead: {unseen.Sum()}; windows shown as not wholly watched: {gaps} of {points.Count}");
        Console.WriteLine(own.SequenceEqual(counted) ? "equal" : "NOT EQUAL");
    }
}
