using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Captures;

/// <summary>The verbs `captures get` and `captures export`: files appear whole or not at all.</summary>
internal static class CaptureDownload
{
    public static Command Get()
    {
        var id = Id();
        var name = new Argument<string?>("file") { Description = "Name of a file of `captures show`. Default: the original.", DefaultValueFactory = _ => null };
        var (to, force) = Target();
        return CliCommand.Create("get", "Download a file of a capture, byte for byte.", [id, name, to, force], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var files = $"api/v1/captures/{QueryPath.Segment(context.Get(id))}/files";
            var file = context.Get(name) ?? await OriginalAsync(server, files, cancellationToken);
            return await SaveAsync(context, server, $"{files}/{QueryPath.Segment(file)}", new(context.Get(to), $"{context.Get(id)}.{file}", context.Get(force)), cancellationToken);
        });
    }

    public static Command Export()
    {
        var id = Id();
        var format = EnumOption.Of<ExportFormat>("--format", "-f", "What to export for.");
        format.Required = true;
        var (to, force) = Target();
        return CliCommand.Create("export", "Save a capture in a format that other tools open.", [id, format, to, force], async (context, cancellationToken) =>
        {
            using var server = context.Connect();
            var path = QueryPath.Of($"api/v1/captures/{QueryPath.Segment(context.Get(id))}/export", ("format", CliJson.NameOf(context.Get(format))));
            return await SaveAsync(context, server, path, new(context.Get(to), $"{context.Get(id)}.{CliJson.NameOf(context.Get(format))}", context.Get(force)), cancellationToken);
        });
    }

    private static Argument<string> Id() => new("capture") { Description = "Id of a capture." };

    private static (Option<string?> To, Option<bool> Force) Target() => (
        new("--to") { Description = "File to write; - for stdout. Default: named after service, kind and capture, in the working folder.", HelpName = "FILE" },
        new("--force") { Description = "Replace an existing file." });

    /// <summary>Of a .NET process a .nettrace, of a Go program a pprof profile.</summary>
    private static async Task<string> OriginalAsync(ServerConnection server, string files, CancellationToken cancellationToken) =>
        (await server.GetAsync<IReadOnlyList<CaptureFile>>(files, cancellationToken)).FirstOrDefault(file => file.Name.StartsWith("original.", StringComparison.Ordinal))?.Name ?? "original.nettrace";

    private static async Task<int> SaveAsync(CliContext context, ServerConnection server, string path, Wanted wanted, CancellationToken cancellationToken)
    {
        if (wanted.To == "-")
        {
            using var piped = await server.DownloadAsync(path, cancellationToken);
            await using var body = await AnswerStream.OfAsync(piped, cancellationToken);
            await using var output = context.Console.OpenOut();
            await body.CopyToAsync(output, cancellationToken);
            return ExitCode.Success;
        }

        if (wanted.To is { } chosen)
        {
            Refuse(CliContext.FullPathOf(chosen, "--to"), wanted.IsForced);
        }

        using var response = await server.DownloadAsync(path, cancellationToken);
        var disposition = response.Content.Headers.ContentDisposition;
        var file = Path.GetFullPath(wanted.To ?? DefaultName(disposition?.FileNameStar ?? disposition?.FileName?.Trim('"') ?? wanted.Fallback));
        Refuse(file, wanted.IsForced);
        await WriteWholeAsync(response, file, cancellationToken);
        context.Console.Out.WriteLine(file);
        context.Console.Note($"{Human.Bytes(new FileInfo(file).Length)} written");
        return ExitCode.Success;
    }

    private static void Refuse(string file, bool isForced)
    {
        if (File.Exists(file) && !isForced)
        {
            throw new CommandFailedException(ExitCode.Usage, $"{file} exists.", "Give --force to replace it, or --to FILE.");
        }
    }

    /// <summary>A name may come from anywhere; it never leads out of the working folder, nor hides in it.</summary>
    private static string DefaultName(string text)
    {
        var name = string.Concat(text.Take(200).Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' ? character : '_')).TrimStart('.');
        return name.Length > 0 ? name : "capture";
    }

    private static async Task WriteWholeAsync(HttpResponseMessage response, string file, CancellationToken cancellationToken)
    {
        var draft = file + ".part";
        try
        {
            // Not CopyToAsync of the content: it reports a full disk like a connection that broke.
            await using (var body = await AnswerStream.OfAsync(response, cancellationToken))
            await using (var stream = File.Create(draft))
            {
                await body.CopyToAsync(stream, cancellationToken);
            }

            File.Move(draft, file, overwrite: true);
        }
        catch (Exception disk) when (disk is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Usage, $"{file} cannot be written: {disk.Message}", "Choose another place with --to FILE.");
        }
        finally
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }
        }
    }

    /// <param name="To">Where; null for the server's name.</param>
    /// <param name="Fallback">The name when the server gives none.</param>
    /// <param name="IsForced">Whether a file of that name may be replaced.</param>
    private sealed record Wanted(string? To, string Fallback, bool IsForced);
}
