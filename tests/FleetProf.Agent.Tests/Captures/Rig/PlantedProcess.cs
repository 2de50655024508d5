using System.Diagnostics;
using System.Globalization;

namespace FleetProf.Agent.Tests.Captures.Rig;

/// <summary>A running Planted workload, driven by its standard input; it ends with this process.</summary>
internal sealed class PlantedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private PlantedProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    public static async Task<PlantedProcess> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of("Planted")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Deterministic code: boxes might be optimised away in a method that is compiled again while it runs.
        start.Environment["DOTNET_TieredPGO"] = "0";
        var planted = new PlantedProcess(Process.Start(start)!);
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

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private async Task<string?> ReadLineAsync() => await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
}
