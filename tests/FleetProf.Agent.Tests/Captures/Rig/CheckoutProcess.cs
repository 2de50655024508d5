using System.Diagnostics;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Captures.Rig;

/// <summary>A running Checkout service of the faulty release under load from this process; hidden from other agents, as Planted is.</summary>
internal sealed class CheckoutProcess : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-target-");
    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient http;
    private readonly Process process;
    private Task load = Task.CompletedTask;
    private int orders;

    private CheckoutProcess()
    {
        var port = FreePort.Next();
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of("Checkout"), $"--urls=http://127.0.0.1:{port}", "--release=1.1", "--exit-with-parent"])
        {
            RedirectStandardInput = true,
            WorkingDirectory = folder.FullName,
        };
        start.Environment["TMPDIR"] = ".";
        process = Process.Start(start)!;
    }

    public int Pid => process.Id;

    public string SocketPath => Directory.GetFiles(folder.FullName, $"dotnet-diagnostic-{Pid}-*-socket").Single();

    /// <summary>Orders that were answered.</summary>
    public int Orders => Volatile.Read(ref orders);

    public static async Task<CheckoutProcess> StartAsync()
    {
        var checkout = new CheckoutProcess();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!await checkout.IsUpAsync()) await Task.Delay(50, limit.Token);
        checkout.load = checkout.LoadAsync();
        return checkout;
    }

    /// <summary>Ends the load when the last order is answered.</summary>
    public async Task QuietAsync()
    {
        await stop.CancelAsync();
        await load;
    }

    public async ValueTask DisposeAsync()
    {
        await QuietAsync();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        http.Dispose();
        stop.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task LoadAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            using var answer = await http.PostAsync("/orders/100", null);
            answer.EnsureSuccessStatusCode();
            Interlocked.Increment(ref orders);
        }
    }

    private async Task<bool> IsUpAsync()
    {
        try
        {
            return (await http.GetAsync("/health")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
