using System.Globalization;

namespace FleetProf.Cli.Up;

/// <summary>
/// `dotnet run` starts us as its child and is what a user sees and ends. When it is killed, we end like after Ctrl+C.
/// Any other parent may go: a shell that has put us into the background does.
/// </summary>
internal static class LaunchWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    /// <summary>Cancelled by the caller's token or by the end of `dotnet run`.</summary>
    public static CancellationTokenSource Watch(TimeProvider clock, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (ParentOf("self") is { } parent && DotNetRunOf(parent) is not null)
        {
            _ = CancelWhenGoneAsync(parent, source, clock);
        }

        return source;
    }

    /// <summary>Fourth field of /proc/PID/stat; null where there is no /proc.</summary>
    internal static int? ParentOf(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How a user of this process calls it: "fleetprof", or what stands before "--" of `dotnet run`.</summary>
    public static string OwnCommand() =>
        ParentOf("self") is { } parent && DotNetRunOf(parent) is { } words ? $"dotnet {string.Join(' ', words.Skip(1).TakeWhile(word => word != "--"))} --" : "fleetprof";

    /// <summary>The words of a `dotnet run`; null when the process is something else.</summary>
    private static string[]? DotNetRunOf(int process)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{process}/cmdline").TrimEnd('\0').Split('\0');
            return Path.GetFileName(words[0]) == "dotnet" && words.Contains("run") ? words : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task CancelWhenGoneAsync(int parent, CancellationTokenSource source, TimeProvider clock)
    {
        try
        {
            while (ParentOf("self") == parent)
            {
                await Task.Delay(Interval, clock, source.Token);
            }

            await source.CancelAsync();
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The command is over.
        }
    }
}
