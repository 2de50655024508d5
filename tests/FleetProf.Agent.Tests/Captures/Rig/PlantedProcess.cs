using System.Diagnostics;
using System.Globalization;

namespace FleetProf.Agent.Tests.Captures.Rig;

/// <summary>
/// A running Planted workload, or another one like it, driven by its standard input; it ends with this process. Its diagnostic socket is hidden from other
/// agents on this host: their sessions in it would look like ours.
/// </summary>
internal sealed class PlantedProcess : IAsyncDisposable
{
    /// <summary>On the command line of the Planted workload, which does nothing with it.</summary>
    public const string Secret = "hunter2x-planted";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-target-");
    private readonly Process process;

    private PlantedProcess(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        // A relative temporary folder works for the runtime, and discovery cannot follow it.
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of(program), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder.FullName };
        start.Environment["TMPDIR"] = ".";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = Process.Start(start)!;
    }

    public int Pid => process.Id;

    public string SocketPath => Directory.GetFiles(folder.FullName, $"dotnet-diagnostic-{Pid}-*-socket").Single();

    // Deterministic code: boxes might be optimised away in a method that is compiled again while it runs.
    public static Task<PlantedProcess> StartAsync() => StartAsync("Planted", new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0" }, "--password", Secret);

    /// <summary>Starts another workload that is driven the same way.</summary>
    public static async Task<PlantedProcess> StartAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var planted = new PlantedProcess(program, environment, arguments);
        Assert.StartsWith("ready", await planted.ReadLineAsync());
        return planted;
    }

    /// <summary>Sends one order and returns when it is carried out.</summary>
    public async Task DoAsync(string word, int amount)
    {
        await process.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{word} {amount}"));
        await process.StandardInput.FlushAsync();
        Assert.Equal("done", await ReadLineAsync());
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Lets it end by itself.</summary>
    public async Task EndAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task<string?> ReadLineAsync() => await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
}
