using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Cli.Up;
using FleetProf.Contracts.Access;

namespace FleetProf.Cli.Access;

/// <summary>The verbs `audit …`.</summary>
internal static class AuditCommand
{
    private const string Route = "api/v1/audit/export?format=json";

    private const string Whole = "whole ";

    public static Command Create() => CliCommand.Group("audit", "Who did what, and whether that log is whole.", Export(), Verify());

    private static Command Export() => CliCommand.Create("export", "Print the audit log, oldest first, one JSON object a line.", [], async (context, cancellationToken) =>
    {
        using var server = context.Connect();
        using var response = await server.DownloadAsync(Route, cancellationToken);
        using var lines = new StreamReader(await AnswerStream.OfAsync(response, cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            context.Console.Out.WriteLine(line);
        }

        return ExitCode.Success;
    });

    private static Command Verify()
    {
        var file = new Option<string?>("--file") { Description = "An export instead of a server.", HelpName = "FILE" };
        var head = new Option<string?>("--head") { Description = "What an earlier run printed, the whole line or its end: that row must still be there.", HelpName = "ROW:HASH" };
        var isDirect = new Option<bool>("--direct") { Description = "Read the database that FleetProf__Silo__Database names, or the file in --silo-folder, instead of asking a server: it may be stopped." };
        var folder = new Option<string?>("--silo-folder") { Description = "With --direct: data folder of a silo without PostgreSQL. Default: that of this installation.", HelpName = "FOLDER" };
        return CliCommand.Create("verify", "Work out the chain of the audit log anew and name the first row that does not fit.", [file, head, isDirect, folder], async (context, cancellationToken) =>
        {
            var known = HeadOf(context.Get(head));
            if (context.Get(isDirect))
            {
                var data = BackupCommand.DataFolderOf(context, folder);
                return await SiloProgram.ReadAsync("audit", [$"--FleetProf:Silo:DataFolder={data}"], lines => VerifyDirectAsync(context, lines, known, cancellationToken), cancellationToken);
            }

            if (context.Get(file) is { } path)
            {
                using var stored = File.OpenText(CliContext.FullPathOf(path, "--file"));
                return await VerifyAsync(context, stored, null, known, cancellationToken);
            }

            using var server = context.Connect();
            // Before the rows: those that come while they are read are not missed.
            var expected = await server.GetAsync<AuditHead>("api/v1/audit/head", cancellationToken);
            using var response = await server.DownloadAsync(Route, cancellationToken);
            using var lines = new StreamReader(await AnswerStream.OfAsync(response, cancellationToken));
            return await VerifyAsync(context, lines, expected, known, cancellationToken);
        });
    }

    /// <summary>As <see cref="NameOf"/> writes it; null when none was given.</summary>
    /// <exception cref="CommandFailedException">It is no head: that says nothing of the log.</exception>
    private static string? HeadOf(string? given)
    {
        if (given is null)
        {
            return null;
        }

        var name = given.StartsWith(Whole, StringComparison.Ordinal) ? given[Whole.Length..] : given;
        return name.Trim().Split(':') is [var row, { Length: 64 } hash] && hash.All(char.IsAsciiHexDigit)
            && long.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? NameOf(sequence, hash.ToLowerInvariant())
            : throw new CommandFailedException(ExitCode.Usage, $"--head: '{given}' is not the end of a log.", "Give ROW:HASH, the hash with all of its 64 digits, or the whole line that an earlier run printed.");
    }

    /// <summary>The first line is the head; where there is none the silo's program has said why.</summary>
    private static async Task<int> VerifyDirectAsync(CliContext context, TextReader lines, string? known, CancellationToken cancellationToken) =>
        await NextAsync(lines, cancellationToken) is { } first
            ? await VerifyAsync(context, lines, JsonSerializer.Deserialize<AuditHead>(first, CliJson.Options), known, cancellationToken)
            : ExitCode.Usage;

    private static async Task<int> VerifyAsync(CliContext context, TextReader lines, AuditHead? expected, string? known, CancellationToken cancellationToken)
    {
        AuditEntry? previous = null;
        // The end of a log without rows is before the first one.
        var isKnownSeen = known is null || known == NameOf(0, AuditChain.Origin);
        while (await NextAsync(lines, cancellationToken) is { } line)
        {
            if (EntryOf(line) is not { } entry)
            {
                return Broken(context, $"after row {previous?.Sequence ?? 0} there is a line that is no row");
            }

            if (AuditChain.ProblemOf(previous, entry) is { } problem)
            {
                return Broken(context, problem);
            }

            if (entry.Sequence == expected?.Sequence && entry.Hash != expected.Hash)
            {
                return Broken(context, $"row {entry.Sequence} is not the one that the server last wrote: the log was written anew");
            }

            previous = entry;
            isKnownSeen |= known == NameOf(entry.Sequence, entry.Hash);
        }

        if (expected is not null && (previous?.Sequence ?? 0) < expected.Sequence)
        {
            return Broken(context, $"row {(previous?.Sequence ?? 0) + 1} is missing: the log ends before row {expected.Sequence}, which the server last wrote");
        }

        if (!isKnownSeen)
        {
            return Broken(context, $"the head {known} of an earlier run is not in it: the log was written anew");
        }

        context.Console.Out.WriteLine($"{Whole}{NameOf(previous?.Sequence ?? 0, previous?.Hash ?? AuditChain.Origin)}");
        context.Console.Note("Keep this line elsewhere and give it as --head next time: then nobody can write the log anew unseen.");
        return ExitCode.Success;
    }

    /// <summary>Where we are ended the lines stop anywhere, and that says nothing of the log.</summary>
    private static async Task<string?> NextAsync(TextReader lines, CancellationToken cancellationToken)
    {
        var line = await lines.ReadLineAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return line;
    }

    private static AuditEntry? EntryOf(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(line, CliJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int Broken(CliContext context, string problem)
    {
        context.Console.Out.WriteLine($"broken: {SafeText.ForTerminal(problem)}");
        return ExitCode.Regressed;
    }

    private static string NameOf(long sequence, string hash) => string.Create(CultureInfo.InvariantCulture, $"{sequence}:{hash}");
}
