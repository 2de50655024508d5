using System.CommandLine;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Captures;

/// <summary>The verbs `captures get` and `captures export`: files appear whole or not at all.</summary>
internal static class CaptureDownload
{
    private static readonly Dictionary<ExportFormat, string> Extensions = new()
    {
        [ExportFormat.Speedscope] = "speedscope.json",
        [ExportFormat.Pprof] = "pb.gz",
        [ExportFormat.Collapsed] = "collapsed.txt",
        [ExportFormat.Csv] = "csv",
        [ExportFormat.Gcdump] = "gcdump",
        [ExportFormat.Nettrace] = "nettrace",
    };

    public static Command Get()
    {
        var id = Id();
        var name = new Argument<string>("file") { Description = "Name of a file of `captures show`.", DefaultValueFactory = _ => "original.nettrace" };
        var (to, force) = Target();
        return CliCommand.Create("get", "Download a file of a capture, byte for byte.", [id, name, to, force], (context, cancellationToken) =>
        {
            var path = $"api/v1/captures/{QueryPath.Segment(context.Get(id))}/files/{QueryPath.Segment(context.Get(name))}";
            return SaveAsync(context, path, context.Get(to) ?? DefaultName($"{context.Get(id)}.{context.Get(name)}"), context.Get(force), cancellationToken);
        });
    }

    public static Command Export()
    {
        var id = Id();
        var format = EnumOption.Of<ExportFormat>("--format", "-f", "What to export for.");
        format.Required = true;
        var (to, force) = Target();
        return CliCommand.Create("export", "Save a capture in a format that other tools open.", [id, format, to, force], (context, cancellationToken) =>
        {
            var path = QueryPath.Of($"api/v1/captures/{QueryPath.Segment(context.Get(id))}/export", ("format", CliJson.NameOf(context.Get(format))));
            return SaveAsync(context, path, context.Get(to) ?? DefaultName($"{context.Get(id)}.{Extensions[context.Get(format)]}"), context.Get(force), cancellationToken);
        });
    }

    private static Argument<string> Id() => new("capture") { Description = "Id of a capture." };

    private static (Option<string?> To, Option<bool> Force) Target() => (
        new("--to") { Description = "File to write; - for stdout. Default: named after the capture, in the working folder.", HelpName = "FILE" },
        new("--force") { Description = "Replace an existing file." });

    private static async Task<int> SaveAsync(CliContext context, string path, string target, bool isForced, CancellationToken cancellationToken)
    {
        using var server = context.Connect();
        if (target == "-")
        {
            using var piped = await server.DownloadAsync(path, cancellationToken);
            await using var output = context.Console.OpenOut();
            await piped.Content.CopyToAsync(output, cancellationToken);
            return ExitCode.Success;
        }

        var file = Path.GetFullPath(target);
        if (File.Exists(file) && !isForced)
        {
            throw new CommandFailedException(ExitCode.Usage, $"{file} exists.", "Give --force to replace it, or --to FILE.");
        }

        using var response = await server.DownloadAsync(path, cancellationToken);
        await WriteWholeAsync(response, file, cancellationToken);
        context.Console.Out.WriteLine(file);
        context.Console.Note($"{Human.Bytes(new FileInfo(file).Length)} written");
        return ExitCode.Success;
    }

    /// <summary>An id may come from anywhere; it never leads out of the working folder.</summary>
    private static string DefaultName(string text) => string.Concat(text.Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' ? character : '_'));

    private static async Task WriteWholeAsync(HttpResponseMessage response, string file, CancellationToken cancellationToken)
    {
        var draft = file + ".part";
        try
        {
            await using (var stream = File.Create(draft))
            {
                await response.Content.CopyToAsync(stream, cancellationToken);
            }

            File.Move(draft, file, overwrite: true);
        }
        catch (HttpRequestException cut)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"The download broke off: {cut.Message}", "Repeat the command.");
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
}
