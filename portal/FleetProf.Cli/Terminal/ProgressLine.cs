namespace FleetProf.Cli.Terminal;

/// <summary>One line of progress on stderr: overwritten on a terminal, a new line per change elsewhere.</summary>
internal sealed class ProgressLine(CliConsole console, bool isShown) : IDisposable
{
    private string _last = "";

    public void Show(string text)
    {
        var safe = SafeText.ForTerminal(text);
        if (!isShown || safe == _last)
        {
            return;
        }

        if (console.IsErrorTerminal)
        {
            console.Say($"\r{safe.PadRight(_last.Length)}");
        }
        else
        {
            console.Note(safe);
        }

        _last = safe;
    }

    /// <summary>Leaves the cursor on a fresh line.</summary>
    public void Dispose()
    {
        if (isShown && console.IsErrorTerminal && _last.Length > 0)
        {
            console.Say(console.Error.NewLine);
        }
    }
}
