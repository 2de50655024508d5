using System.Text.Json;
using FleetProf.Cli.Server;
using Spectre.Console;

namespace FleetProf.Cli.Terminal;

/// <summary>Prints data on stdout in the chosen format.</summary>
internal static class ResultWriter
{
    public static void WriteRows<T>(CliContext context, IReadOnlyList<T> rows, params Column<T>[] columns)
    {
        var output = context.Console.Out;
        switch (context.Output)
        {
            case OutputFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(rows, CliJson.Indented));
                break;
            case OutputFormat.Ndjson:
                foreach (var row in rows)
                {
                    output.WriteLine(JsonSerializer.Serialize(row, CliJson.Options));
                }

                break;
            case OutputFormat.Csv:
                WriteCsv(output, rows, columns);
                break;
            default:
                WriteTable(context.Console, rows, columns);
                break;
        }
    }

    /// <summary>One thing: a list of fields for people, an object for programs.</summary>
    public static void WriteOne<T>(CliContext context, T item, params Column<T>[] fields)
    {
        var output = context.Console.Out;
        switch (context.Output)
        {
            case OutputFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(item, CliJson.Indented));
                break;
            case OutputFormat.Ndjson:
                output.WriteLine(JsonSerializer.Serialize(item, CliJson.Options));
                break;
            case OutputFormat.Csv:
                WriteCsv(output, [item], fields);
                break;
            default:
                WriteFields(output, item, fields);
                break;
        }
    }

    /// <summary>A table for people, whatever the chosen format.</summary>
    public static void WriteTable<T>(CliConsole console, IReadOnlyList<T> rows, params Column<T>[] columns)
    {
        var table = new Table().Border(console.IsOutTerminal ? TableBorder.Simple : TableBorder.None).HideFooters();
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Header.ToUpperInvariant())).NoWrap();
            table.AddColumn(column.IsNumber ? header.RightAligned() : header.LeftAligned());
        }

        foreach (var row in rows)
        {
            // Text, never markup: brackets in a type name are no commands.
            table.AddRow(columns.Select(column => new Text(column.ForPeople(row))));
        }

        if (console.IsOutTerminal)
        {
            AnsiConsoleOf(console, console.Out).Write(table);
            return;
        }

        using var drawn = new StringWriter();
        AnsiConsoleOf(console, drawn).Write(table);
        foreach (var line in drawn.ToString().TrimEnd().Split('\n'))
        {
            console.Out.WriteLine(line.TrimEnd());
        }
    }

    private static void WriteCsv<T>(TextWriter output, IReadOnlyList<T> rows, Column<T>[] columns)
    {
        output.WriteLine(string.Join(',', columns.Select(column => column.Csv)));
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(',', columns.Select(column => column.ForCsv(row))));
        }
    }

    private static void WriteFields<T>(TextWriter output, T item, Column<T>[] fields)
    {
        var width = fields.Max(field => field.Header.Length);
        foreach (var field in fields)
        {
            if (field.ForPeople(item) is { Length: > 0 } text)
            {
                output.WriteLine($"{field.Header.PadRight(width)}  {text}");
            }
        }
    }

    private static IAnsiConsole AnsiConsoleOf(CliConsole console, TextWriter output)
    {
        var ansi = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = console.IsOutTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = console.IsOutTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        ansi.Profile.Width = console.IsOutTerminal ? console.Width : 4000;
        return ansi;
    }
}
