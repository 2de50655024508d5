using System.ComponentModel;
using System.Diagnostics;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Up;

/// <summary>A running child, started again when it crashes, and gone when this process is gone: it reads our end of its standard input.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan LastWordsPatience = TimeSpan.FromSeconds(1);

    private readonly ChildProgram _program;
    private readonly CliConsole _console;
    private readonly ChildLog _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<ChildEnd> _firstEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _supervision;
    private Process _process;

    private Child(ChildProgram program, string logFolder, CliConsole console)
    {
        _program = program;
        _console = console;
        _log = new ChildLog(program.Name, logFolder, console);
        _process = Launch();
        _supervision = SuperviseAsync();
    }

    public string Name => _program.Name;

    public int Pid => _process.Id;

    /// <summary>Until then an end is final, for a child that has never worked will not work when it is repeated, and its warnings are of no interest.</summary>
    public bool IsReady
    {
        get => _log.IsShown;
        set => _log.IsShown = value;
    }

    /// <summary>Completes when the child ends before it is ready.</summary>
    public Task<ChildEnd> EndBeforeReady => _firstEnd.Task;

    public static Child Start(ChildProgram program, string logFolder, CliConsole console) => new(program, logFolder, console);

    /// <summary>Asks the child to end, waits, and kills what does not listen.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        IsReady = false;
        CloseInput();
        try
        {
            await _supervision.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _console.Note($"{Name}: did not end within {Patience.TotalSeconds:0} s and is killed");
            _process.Kill(entireProcessTree: true);
            await _supervision;
        }

        _process.Dispose();
        _log.Dispose();
        _stopping.Dispose();
    }

    private Process Launch() => Process.Start(_program.ToStartInfo())
        ?? throw new CommandFailedException(ExitCode.Usage, $"{Name} did not start.");

    private async Task SuperviseAsync()
    {
        var backoff = new Backoff();
        while (true)
        {
            var started = _console.Clock.GetTimestamp();
            var end = await UntilEndAsync(_process);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (!IsReady)
            {
                _firstEnd.TrySetResult(end);
                return;
            }

            if (!await StartAgainAsync(backoff, _console.Clock.GetElapsedTime(started), end.How))
            {
                return;
            }

            if (_stopping.IsCancellationRequested)
            {
                // Whoever stops us may have closed the input of the one before.
                CloseInput();
            }
        }
    }

    /// <summary>False when we are stopped before it runs.</summary>
    private async Task<bool> StartAgainAsync(Backoff backoff, TimeSpan lived, string how)
    {
        while (true)
        {
            var wait = backoff.After(lived);
            _console.Note($"{Name}: {how}; starting it again{(wait > TimeSpan.Zero ? $" in {wait.TotalSeconds:0.#} s" : "")}");
            if (!await WaitAsync(wait))
            {
                return false;
            }

            try
            {
                var ended = _process;
                _process = Launch();
                ended.Dispose();
                return true;
            }
            catch (Win32Exception refused)
            {
                // The host is short of processes or memory: as if it had ended at once.
                (lived, how) = (TimeSpan.Zero, refused.Message);
            }
        }
    }

    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, _console.Clock, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<ChildEnd> UntilEndAsync(Process process)
    {
        var said = Task.WhenAll(PumpAsync(process.StandardOutput, isError: false), PumpAsync(process.StandardError, isError: true));
        await process.WaitForExitAsync();
        // Its last words are in the pipe; a grandchild that holds the pipe open keeps nobody waiting.
        await Task.WhenAny(said, Task.Delay(LastWordsPatience));
        return new(process.ExitCode, _log.TakeLastWords());
    }

    private async Task PumpAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _log.Write(line, isError);
        }
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
