using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Captures;

/// <summary>The verbs `storage …`: what captures take and what retention would delete; and the pins of `captures`.</summary>
internal static class StorageCommand
{
    private const string Route = "api/v1/storage";

    private static readonly Argument<string> Capture = new("capture") { Description = "Id of a capture." };

    public static Command Create()
    {
        var storage = CliCommand.Create("storage", "What captures take, by service and kind, what would go next, and what is free.", [], ShowAsync);
        storage.Add(CliCommand.Create("preview", "List what retention would delete if it ran now, then what is next in line. Deletes nothing.", [], PreviewAsync));
        return storage;
    }

    public static Command Pin()
    {
        var reason = new Option<string?>("--reason") { Description = "Why, for other people." };
        return CliCommand.Create("pin", "Keep the files of a capture, whatever its age.", [Capture, reason], (context, cancellationToken) =>
            ChangeAsync(context, QueryPath.Of($"api/v1/captures/{QueryPath.Segment(context.Get(Capture))}/pin", ("reason", context.Get(reason))), "is pinned; retention leaves its files", cancellationToken));
    }

    public static Command Unpin() => CliCommand.Create("unpin", "Take the pin off a capture.", [Capture], (context, cancellationToken) =>
        ChangeAsync(context, $"api/v1/captures/{QueryPath.Segment(context.Get(Capture))}/unpin", "is not pinned any more; retention may delete its files", cancellationToken));

    private static async Task<int> ChangeAsync(CliContext context, string path, string done, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        await server.PostAsync(path, cancellationToken);
        context.Console.Note($"Capture {context.Get(Capture)} {done}.");
        return ExitCode.Success;
    }

    private static async Task<int> ShowAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        var report = await server.GetAsync<StorageReport>(Route, cancellationToken);
        ResultWriter.WriteOne(
            context,
            report,
            new("captures with files", row => row.Captures),
            new("size", row => row.Bytes, row => Human.Bytes(row.Bytes)) { Csv = "bytes" },
            new("pinned", row => row.Pinned),
            new("cited", row => row.Cited),
            new("held", row => row.HeldBytes, row => Human.Bytes(row.HeldBytes)) { Csv = "held_bytes" },
            new("free", row => row.FreeBytes, row => row.IsStoreAway ? "not known: the folder of artifacts is away" : $"{Human.Bytes(row.FreeBytes)}, of which {Human.Bytes(row.ReserveBytes)} stay free") { Csv = "free_bytes" },
            new("kept for", row => row.KeepFor.ToString()),
            new("at most", row => row.KeepBytes, row => $"{Human.Bytes(row.KeepBytes)}, of one service {Human.Bytes(row.ServiceBytes)}") { Csv = "keep_bytes" },
            new("due", row => DueCount(row), row => DueCount(row) == 0 ? "nothing" : $"{Human.Count(DueCount(row))} captures, {Human.Bytes(Math.Max(row.DueBytes, row.Due.Sum(removal => removal.Bytes)))}: see `fleetprof storage preview`"));
        if (context.Output == OutputFormat.Table && report.Captures > 0)
        {
            foreach (var (what, rows) in ((string, IReadOnlyList<StorageRow>)[])[("service", report.Services), ("kind", report.Kinds)])
            {
                context.Console.Out.WriteLine();
                ResultWriter.WriteTable(
                    context.Console,
                    rows,
                    new(what, row => row.Name),
                    new("captures", row => row.Captures) { IsNumber = true },
                    new("size", row => row.Bytes, row => Human.Bytes(row.Bytes)) { IsNumber = true },
                    new("held", row => row.HeldBytes, row => Human.Bytes(row.HeldBytes)) { IsNumber = true },
                    new("oldest", row => row.OldestAt));
            }

            if (report.ServiceCount > report.Services.Count)
            {
                context.Console.Note($"Of {Human.Count(report.ServiceCount)} services the largest {Human.Count(report.Services.Count)} are listed.");
            }
        }

        return ExitCode.Success;
    }

    private static async Task<int> PreviewAsync(CliContext context, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        var report = await server.GetAsync<StorageReport>(Route, cancellationToken);
        ResultWriter.WriteRows(
            context,
            [.. report.Due, .. report.Next],
            new("capture", row => row.CaptureId),
            new("service", row => row.Service),
            new("kind", row => row.Kind),
            new("received", row => row.ReceivedAt),
            new("size", row => row.Bytes, row => Human.Bytes(row.Bytes)) { IsNumber = true, Csv = "bytes" },
            new("goes", row => row.Reason, row => row.Reason == RemovalReason.None ? "not yet; next in line" : $"now, because {RemovalWords.Of(row.Reason)}"));
        if (DueCount(report) - report.Due.Count is > 0 and var more)
        {
            context.Console.Note($"And {Human.Count(more)} more go now, before those that are next in line; all that go now are {Human.Bytes(report.DueBytes)}.");
        }

        return ExitCode.Success;
    }

    /// <summary>A silo of the version before counts only what it lists.</summary>
    private static int DueCount(StorageReport report) => Math.Max(report.DueCount, report.Due.Count);
}
