using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Captures;

/// <summary>The verbs `captures …`.</summary>
internal static class CapturesCommand
{
    public static Command Create() => CliCommand.Group("captures", "Captures and their files.", List(), Show(), CaptureDownload.Get(), CaptureDownload.Export(), StorageCommand.Pin(), StorageCommand.Unpin());

    private static Command List()
    {
        var service = new Option<string?>("--service", "-s") { Description = "Only this service." };
        var campaign = new Option<string?>("--campaign") { Description = "Only this campaign." };
        var instance = new Option<string?>("--instance") { Description = "Only this instance." };
        var kind = EnumOption.Optional<CaptureKind>("--kind", "-k", "Only this kind.");
        var state = EnumOption.Optional<CaptureState>("--state", null, "Only this state.");
        var limit = new Option<int>("--limit") { Description = "Rows at most.", DefaultValueFactory = _ => 100 };
        return CliCommand.Create("list", "List captures, newest first.", [service, campaign, instance, kind, state, limit], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of("api/v1/captures", ("service", context.Get(service)), ("campaign", context.Get(campaign)), ("instance", context.Get(instance)),
                ("kind", context.Get(kind) is { } one ? CliJson.NameOf(one) : null), ("state", context.Get(state) is { } only ? CliJson.NameOf(only) : null), ("limit", Human.Of(context.Get(limit))));
            ResultWriter.WriteRows(context, await server.GetAsync<IReadOnlyList<Capture>>(path, cancellationToken), CaptureColumns.List);
            return ExitCode.Success;
        });
    }

    private static Command Show()
    {
        var id = new Argument<string>("capture") { Description = "Id of a capture." };
        return CliCommand.Create("show", "Show one capture and its files.", [id], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = $"api/v1/captures/{QueryPath.Segment(context.Get(id))}";
            ResultWriter.WriteOne(context, await server.GetAsync<Capture>(path, cancellationToken), CaptureColumns.One);
            if (context.Output == OutputFormat.Table)
            {
                var files = await server.GetAsync<IReadOnlyList<CaptureFile>>($"{path}/files", cancellationToken);
                if (files.Count == 0)
                {
                    return ExitCode.Success;
                }

                context.Console.Out.WriteLine();
                ResultWriter.WriteTable(context.Console, files, new("file", file => file.Name), new("size", file => file.SizeBytes, file => Human.Bytes(file.SizeBytes)) { IsNumber = true, Csv = "file_bytes" });
            }

            return ExitCode.Success;
        });
    }
}
