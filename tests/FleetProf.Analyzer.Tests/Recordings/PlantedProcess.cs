using System.Diagnostics;
using System.Globalization;

namespace FleetProf.Analyzer.Tests.Recordings;

/// <summary>A running workload that is driven by its standard input: Planted or Leaks.</summary>
internal sealed class PlantedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private PlantedProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static async Task<PlantedProcess> StartAsync(string workload = "Planted")
    {
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of(workload)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Deterministic code: a method that is recompiled while it runs would show up under two bodies, or boxes might be optimised away.
        start.Environment["DOTNET_TieredPGO"] = "0";
        var planted = new PlantedProcess(Process.Start(start)!);
        Assert.StartsWith("ready", await planted.ReadLineAsync());
        return planted;
    }

    /// <summary>Sends one order and returns when it is carried out.</summary>
    public async Task DoAsync(string word, int amount)
    {
        await _process.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{word} {amount}"));
        await _process.StandardInput.FlushAsync();
        Assert.Equal("done", await ReadLineAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
}
