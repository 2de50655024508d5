using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FleetProf.Load.Silo;

/// <summary>The silo under load: a process of its own on free ports with enrolment on and a new data folder, gone when disposed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-load-").FullName;
    private readonly int[] ports = FreePorts(5);
    private readonly string? program;
    private readonly IReadOnlyList<string> more;
    private Process process = null!;

    private SiloProcess(string? program, IReadOnlyList<string> more) => (this.program, this.more) = (program, more);

    /// <summary>Where agents attach.</summary>
    public Uri Agents => new($"https://127.0.0.1:{ports[0]}");

    /// <summary>Where they join.</summary>
    public Uri Enrolment => new($"https://127.0.0.1:{ports[4]}");

    /// <summary>Where operators ask.</summary>
    public int GatewayPort => ports[3];

    public string Catalog => Path.Combine(folder, "catalog.db");

    public int Pid => process.Id;

    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    public double ResidentMegabytes => StatusMegabytes("VmRSS:");

    /// <summary>The most since this process started.</summary>
    public double PeakMegabytes => StatusMegabytes("VmHWM:");

    /// <param name="program">Null: what was built beside this one.</param>
    /// <param name="more">Options as "Section:Key=value".</param>
    public static async Task<SiloProcess> StartAsync(string? program, IReadOnlyList<string> more)
    {
        var silo = new SiloProcess(program, more);
        await silo.StartAgainAsync();
        return silo;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>With the same ports and data.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(program ?? "dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        // As units and images have it.
        start.Environment["MALLOC_ARENA_MAX"] = "2";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "131072";
        // A generator built for release measures a silo built for release.
        var built = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string[] arguments =
        [
            .. program is null ? [Path.Combine(AppContext.BaseDirectory, "..", "..", "FleetProf.Silo", built, "FleetProf.Silo.dll")] : Array.Empty<string>(),
            $"--FleetProf:Silo:DataFolder={folder}",
            $"--FleetProf:Silo:AgentListen=127.0.0.1:{ports[0]}",
            $"--FleetProf:Silo:HttpListen=127.0.0.1:{ports[1]}",
            $"--FleetProf:Silo:SiloPort={ports[2]}",
            $"--FleetProf:Silo:GatewayPort={ports[3]}",
            $"--FleetProf:Enrolment:Listen=127.0.0.1:{ports[4]}",
            // A whole fleet joins from one address before anything is measured.
            "--FleetProf:Enrolment:JoinsPerSecond=100000",
            "--FleetProf:ExitWithParent=true",
            .. more.Select(option => $"--{option}"),
        ];
        arguments.ToList().ForEach(start.ArgumentList.Add);
        process = Process.Start(start)!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await UntilReadyAsync(new Uri($"http://127.0.0.1:{ports[1]}/health/ready"));
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private double StatusMegabytes(string field)
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private async Task UntilReadyAsync(Uri health)
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(StartLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
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
