using System.Collections.Concurrent;
using System.Text;
using FleetProf.Cli.Terminal;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Cli.Up;
using FleetProf.TestKit.Processes;

namespace FleetProf.Cli.Tests.Up;

public sealed class ChildTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;
    private readonly Lines _error = new();

    /// <summary>A host that is short of processes refuses like one without the child's working folder.</summary>
    [Fact]
    public async Task Child_ThatCannotBeStartedForAWhile_IsStartedWhenItCan()
    {
        var (started, work) = (Path.Combine(_folder, "started"), Path.Combine(_folder, "work"));
        Directory.CreateDirectory(work);
        var program = new ChildProgram("reader", ["/bin/sh"], ["-c", $"echo up >> {started}; read line"]) { WorkingFolder = work };
        await using var child = Child.Start(program, _folder, new CliConsole(TextWriter.Null, _error, _ => null) { Clock = new HurriedClock() });
        child.IsReady = true;
        await UntilAsync(() => StartsIn(started) == 1);
        Directory.Delete(work);

        await ProcessSignal.SendAsync(child.Pid, "KILL");
        await UntilAsync(() => _error.Said.Count(line => line.Contains("starting it again", StringComparison.Ordinal)) >= 2);
        Directory.CreateDirectory(work);

        await UntilAsync(() => StartsIn(started) == 2);
    }

    public void Dispose()
    {
        _error.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int StartsIn(string file) => File.Exists(file) ? File.ReadAllLines(file).Length : 0;

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Read while it is written.</summary>
    private sealed class Lines : TextWriter
    {
        public ConcurrentQueue<string> Said { get; } = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value) => Said.Enqueue(value ?? "");
    }
}
