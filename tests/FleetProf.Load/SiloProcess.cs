using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FleetProf.Load;

/// <summary>The silo under load: a process of its own on free ports and a new data folder, gone when disposed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly string folder;

    private SiloProcess(Process process, string folder, Uri address) => (this.process, this.folder, Address) = (process, folder, address);

    public Uri Address { get; }

    public int Pid => process.Id;

    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    public double ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1048576.0;
        }
    }

    public static async Task<SiloProcess> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-load-").FullName;
        var ports = FreePorts(4);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        // A generator built for release measures a silo built for release.
        var built = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "..", "..", "FleetProf.Silo", built, "FleetProf.Silo.dll"),
            $"--FleetProf:Silo:DataFolder={folder}",
            $"--FleetProf:Silo:AgentListen=127.0.0.1:{ports[0]}",
            $"--FleetProf:Silo:HttpListen=127.0.0.1:{ports[1]}",
            $"--FleetProf:Silo:SiloPort={ports[2]}",
            $"--FleetProf:Silo:GatewayPort={ports[3]}",
            "--FleetProf:ExitWithParent=true",
        ];
        arguments.ToList().ForEach(start.ArgumentList.Add);
        var silo = new SiloProcess(Process.Start(start)!, folder, new Uri($"http://127.0.0.1:{ports[0]}"));
        _ = silo.process.StandardOutput.ReadToEndAsync();
        await silo.UntilReadyAsync(new Uri($"http://127.0.0.1:{ports[1]}/health/ready"));
        return silo;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task UntilReadyAsync(Uri health)
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(StartLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            try
            {
                if ((await http.GetAsync(health, limit.Token)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet.
            }
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}
