using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Cli.Fleet;

/// <summary>The verb `instances`.</summary>
internal static class InstancesCommand
{
    public static Command Create()
    {
        var service = new Option<string?>("--service", "-s") { Description = "Only this service." };
        var version = new Option<string?>("--service-version") { Description = "Only this version." };
        var host = new Option<string?>("--host") { Description = "Only this host." };
        var all = new Option<bool>("--all") { Description = "Also processes that have ended." };
        var limit = new Option<int>("--limit") { Description = "Rows at most.", DefaultValueFactory = _ => 1000 };
        return CliCommand.Create("instances", "List watched processes with their vitals.", [service, version, host, all, limit], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of("api/v1/instances", ("service", context.Get(service)), ("version", context.Get(version)), ("host", context.Get(host)),
                ("includeEnded", context.Get(all) ? "true" : null), ("limit", Human.Of(context.Get(limit))));
            ResultWriter.WriteRows(context, await server.GetAsync<IReadOnlyList<Instance>>(path, cancellationToken), Columns);
            return ExitCode.Success;
        });
    }

    private static Column<Instance>[] Columns =>
    [
        new("instance", row => row.InstanceId),
        new("service", row => row.Service),
        new("version", row => row.Version),
        new("host", row => row.Host),
        new("pid", row => row.Pid) { IsNumber = true },
        new("state", row => row.State, StateOf),
        new("runtime", row => row.Runtime),
        new("gcs", row => row.WatchedVitals()?.GcCount) { IsNumber = true },
        new("last pause", row => row.WatchedVitals()?.LastPauseMs, row => Human.Milliseconds(row.WatchedVitals()?.LastPauseMs)) { IsNumber = true, Csv = "last_pause_ms" },
        new("pause p99", row => row.WatchedVitals()?.PauseP99Ms, row => Human.Milliseconds(row.WatchedVitals()?.PauseP99Ms)) { IsNumber = true, Csv = "pause_p99_ms" },
        new("in gc", row => row.WatchedVitals()?.TimeInGcPercent, row => Human.Percent(row.WatchedVitals()?.TimeInGcPercent)) { IsNumber = true, Csv = "time_in_gc_percent" },
        new("heap", row => row.WatchedVitals()?.HeapBytes, row => Human.Bytes(row.WatchedVitals()?.HeapBytes)) { IsNumber = true, Csv = "heap_bytes" },
    ];

    private static string StateOf(Instance row) =>
        row.Problem == InstanceProblem.None ? CliJson.NameOf(row.State) : $"{CliJson.NameOf(row.State)} ({CliJson.NameOf(row.Problem)})";
}
