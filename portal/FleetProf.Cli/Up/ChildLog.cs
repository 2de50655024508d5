using System.Text.RegularExpressions;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Up;

/// <summary>Everything a child says goes to its log file; warnings and errors also to the terminal, not more than a person can read.</summary>
internal sealed partial class ChildLog : IDisposable
{
    private const long FileBytes = 16_000_000;
    private const int ShownAtOnce = 5;
    private const int WordsKept = 12;

    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Queue<string> _words = new();
    private readonly HashSet<string> _recent = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly string _path;
    private readonly CliConsole _console;
    private StreamWriter _file;
    private long _written;
    private long _breathAt;

    public ChildLog(string name, string folder, CliConsole console)
    {
        _name = name;
        _path = Path.Combine(folder, $"{name}.log");
        _console = console;
        _file = Open();
        _written = _file.BaseStream.Length;
        _breathAt = console.Clock.GetTimestamp();
    }

    /// <summary>While the child starts and while its end is wanted, its worries are for the file only.</summary>
    public bool IsShown { get; set; }

    /// <summary>The last lines of stderr since the last call.</summary>
    public string TakeLastWords()
    {
        lock (_gate)
        {
            var words = string.Join('\n', _words);
            _words.Clear();
            return words;
        }
    }

    public void Write(string line, bool isError)
    {
        lock (_gate)
        {
            WriteFile(line);
            if (isError && line.Length > 0)
            {
                _words.Enqueue(line);
                if (_words.Count > WordsKept)
                {
                    _words.Dequeue();
                }
            }

            if (IsShown && WorryOf(line, isError) is { } worry)
            {
                Show(worry);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file.Dispose();
        }
    }

    /// <summary>The line without its time when it is a warning or worse, else null.</summary>
    internal static string? WorryOf(string line, bool isError)
    {
        var match = Worry().Match(line);
        // An indented line belongs to the one before: a stack trace is for the file.
        return match.Success ? line[match.Groups["text"].Index..] : isError && line.Length > 0 && !char.IsWhiteSpace(line[0]) ? line : null;
    }

    private void Show(string worry)
    {
        if (_console.Clock.GetElapsedTime(_breathAt) > Breath)
        {
            _breathAt = _console.Clock.GetTimestamp();
            _recent.Clear();
        }

        if (!_recent.Add(worry))
        {
            return;
        }

        if (_recent.Count <= ShownAtOnce)
        {
            _console.Note($"{_name}: {worry}");
        }
        else if (_recent.Count == ShownAtOnce + 1)
        {
            _console.Note($"{_name}: more is in {_path}");
        }
    }

    private void WriteFile(string line)
    {
        try
        {
            if (_written > FileBytes)
            {
                _file.Dispose();
                File.Move(_path, $"{_path}.old", overwrite: true);
                _file = Open();
                _written = 0;
            }

            _file.WriteLine(line);
            _written += line.Length + 1;
        }
        catch (IOException)
        {
            // A full disk must not end the supervision of what may free it.
        }
    }

    private StreamWriter Open() => new(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };

    // Serilog: "12:00:00.000 WRN Source: text". The framework's console: "warn: Source[0] text".
    [GeneratedRegex(@"^(?:[\d:.T\-Z ]+ )?(?<text>(?:WRN|ERR|FTL|warn:|fail:|crit:) .*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Worry();
}
