extern alias silo;

using System.Diagnostics;
using System.Globalization;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.TestKit.Processes;
using silo::FleetProf.AgentProtocol;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>
/// What the trend store takes and answers, in one process and on the disk of the temporary folder. Writing: 10,000 processes of 1,000 agents
/// send a window each, round after round without a pause, while roll-ups are computed after every round and ten minutes are kept, so that as
/// much is removed as comes; 1,000 rows per second are needed. Reading: seven days of one service of 20 instances in two versions.
/// On SQLite, or on a PostgreSQL server that is started for it with its usual settings, reached over TCP on this host.
/// </summary>
internal sealed class TrendStoreFigures(int rounds, bool onPostgres)
{
    private const int Agents = 1_000;
    private const int ProcessesPerAgent = 10;
    private const int NeededPerSecond = 1_000;
    private const int Connections = 32;
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private PostgresServer? server;

    public async Task RunAsync(bool writes, bool reads)
    {
        await using var postgres = onPostgres ? await PostgresServer.StartNewAsync() : null;
        server = postgres;
        Print($"database: {(server is null ? "SQLite" : $"PostgreSQL {server.Version}")}");
        if (reads)
        {
            await ReadAsync();
        }

        if (writes)
        {
            await WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        await using var rig = await TrendStoreRig.StartAsync(Start, server);
        for (var agent = 0; agent < Agents; agent++)
        {
            rig.Show(Agent(agent), Enumerable.Range(0, ProcessesPerAgent).Select(process => (Instance(agent, process), $"service-{agent % 50}", process < 5 ? "1.0" : "1.1")));
        }

        var third = Math.Max(1, rounds / 3);
        var perThird = new List<double>();
        var ackMs = new List<double>();
        var (cpu, serverCpu, started, from) = (Cpu(), ServerCpu(), Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        for (var round = 0; round < rounds; round++)
        {
            var batches = Batches(round);
            await SendAsync(rig, batches, ackMs);
            rig.Clock.Now += Round;
            await rig.Roller.RollAsync();
            if (round % 6 == 0)
            {
                await rig.Retention.RemoveBeforeAsync(TrendLevel.WindowMs, rig.Clock.Now.AddMinutes(-10));
            }

            if ((round + 1) % third == 0)
            {
                perThird.Add(third * (double)Agents * ProcessesPerAgent / Stopwatch.GetElapsedTime(from).TotalSeconds);
                from = Stopwatch.GetTimestamp();
            }
        }

        var rows = rounds * (double)Agents * ProcessesPerAgent;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ackMs.Sort();
        Print($"written: {rows:0} windows in {seconds:0.0} s = {rows / seconds:0} rows/s, {rows / seconds / NeededPerSecond:0.0} times the {NeededPerSecond} rows/s of 10,000 processes; by thirds {string.Join(", ", perThird.Select(rate => rate.ToString("0", CultureInfo.InvariantCulture)))}");
        var (silo, database) = ((Cpu() - cpu) / rows, (ServerCpu() - serverCpu) / rows);
        Print($"  CPU of everything (simulation, roll-ups and removal too): {silo * 1e6:0} us per row = {silo * NeededPerSecond:0.00} cores at {NeededPerSecond} rows/s");
        if (server is not null)
        {
            Print($"  CPU of the server: {database * 1e6:0} us per row = {database * NeededPerSecond:0.00} cores at {NeededPerSecond} rows/s");
        }

        Print($"  batch of {ProcessesPerAgent} windows to its acknowledgement, {Connections} at once: median {ackMs[ackMs.Count / 2]:0.0} ms, p99 {ackMs[(int)(ackMs.Count * 0.99)]:0.0} ms; database {await rig.DatabaseMegabytesAsync():0} MB");
    }

    private static async Task SendAsync(TrendStoreRig rig, IEnumerable<(string Agent, VitalsBatch Batch)> batches, List<double> ackMs) => await Parallel.ForEachAsync(
        batches,
        new ParallelOptions { MaxDegreeOfParallelism = Connections },
        async (sent, cancellationToken) =>
        {
            var at = Stopwatch.GetTimestamp();
            await rig.Intake.AcceptAsync(sent.Agent, sent.Batch, cancellationToken);
            lock (ackMs)
            {
                ackMs.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
        });

    private static List<(string Agent, VitalsBatch Batch)> Batches(int round)
    {
        var vitals = new SimulatedVitals(round);
        var at = (Start + round * Round).ToUnixTimeMilliseconds();
        return [.. Enumerable.Range(0, Agents).Select(agent => (
            Agent(agent),
            new VitalsBatch { Sequence = (ulong)round + 1, Windows = { Enumerable.Range(0, ProcessesPerAgent).Select(process => vitals.Next(Instance(agent, process), at)) } }))];
    }

    private async Task ReadAsync()
    {
        await using var rig = await TrendStoreRig.StartAsync(Start, server);
        rig.Show("agent", Enumerable.Range(0, 20).Select(number => ($"one-{number:00}", "one", number < 10 ? "1.0" : "1.1")));
        var (vitals, started) = (new SimulatedVitals(1), Stopwatch.GetTimestamp());
        for (var hour = 0; hour < 7 * 24; hour++)
        {
            for (var minute = 0; minute < 60; minute += 10)
            {
                var at = rig.Clock.Now.ToUnixTimeMilliseconds();
                await rig.Intake.AcceptAsync("agent", new VitalsBatch
                {
                    Sequence = 1,
                    Windows = { Enumerable.Range(0, 1_200).Select(number => vitals.Next($"one-{number % 20:00}", at + number / 20 * 10_000)) },
                });
                rig.Clock.Now += TimeSpan.FromMinutes(10);
            }

            await rig.Roller.RollAsync();
            await rig.Retention.RemoveBeforeAsync(TrendLevel.WindowMs, rig.Clock.Now.AddHours(-48));
        }

        Print($"seven days of 20 instances stored and rolled up in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, {await rig.DatabaseMegabytesAsync():0} MB with 48 h of windows");
        var week = new TrendQuery { Service = "one", From = Start, To = rig.Clock.Now };
        await TimeAsync(rig, "7 days of the service", week);
        await TimeAsync(rig, "7 days of one version", week with { Version = "1.1" });
        await TimeAsync(rig, "7 days, a line per instance", week with { PerInstance = true });
        await TimeAsync(rig, "24 hours of the service", week with { From = week.To.AddHours(-24) });
        await TimeAsync(rig, "1 hour of the service", week with { From = week.To.AddHours(-1) });
    }

    private static async Task TimeAsync(TrendStoreRig rig, string what, TrendQuery query)
    {
        var times = new List<double>();
        var trend = new Trend { Service = "", StepSeconds = 0 };
        for (var run = 0; run < 21; run++)
        {
            var at = Stopwatch.GetTimestamp();
            trend = await rig.Queries.GetTrendAsync(query);
            times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        var first = times[0];
        times.Sort();
        Print($"  {what}: median {times[10]:0} ms, slowest {times[^1]:0} ms, first {first:0} ms ({trend.Points.Count} points of {trend.StepSeconds} s)");
    }

    private static string Agent(int agent) => $"agent-{agent:0000}";

    private static string Instance(int agent, int process) => $"0f4c1d2e9a8b7c6d5e4f-{agent:0000}-{process:00}";

    private double ServerCpu() => server?.CpuSeconds ?? 0;

    private static double Cpu() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
