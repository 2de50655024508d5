using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FleetProf.Agent.Collectors.DotNet;

namespace FleetProf.Agent.Tests.Captures.Rig;

/// <summary>
/// A running Planted workload, or another one like it, driven by its standard input; it ends with this process. Its diagnostic socket is hidden from other
/// agents on this host: their sessions in it would look like ours.
/// </summary>
internal sealed class PlantedProcess : IAsyncDisposable
{
    /// <summary>On the command line of the Planted workload, which does nothing with it.</summary>
    public const string Secret = "hunter2x-planted";

    private const ushort ResumeRuntime = 0x0401;
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

    public string SocketPath => Sockets.Single();

    private string[] Sockets => Directory.GetFiles(folder.FullName, $"dotnet-diagnostic-{Pid}-*-socket");

    // Deterministic code: boxes might be optimised away in a method that is compiled again while it runs.
    public static Task<PlantedProcess> StartAsync() => StartAsync("Planted", new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0" }, "--password", Secret);

    /// <summary>Starts another workload that is driven the same way.</summary>
    public static async Task<PlantedProcess> StartAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var planted = new PlantedProcess(program, environment, arguments);
        Assert.StartsWith("ready", await planted.ReadLineAsync());
        return planted;
    }

    /// <summary>Its runtime waits at its diagnostic port before the program begins, until <see cref="ResumeAsync"/>.</summary>
    public static async Task<PlantedProcess> StartSuspendedAsync()
    {
        var planted = new PlantedProcess("Planted", new Dictionary<string, string> { ["DOTNET_DefaultDiagnosticPortSuspend"] = "1" }, "--password", Secret);
        using var limit = new CancellationTokenSource(Patience);
        while (planted.Sockets.Length == 0) await Task.Delay(20, limit.Token);
        return planted;
    }

    /// <summary>Lets a suspended one begin, and returns when it has.</summary>
    public async Task ResumeAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        await socket.SendAsync(IpcMessage.Create(ResumeRuntime, []), SocketFlags.None, CancellationToken.None);
        // A runtime that has waited for some seconds complains of it here.
        while (await ReadLineAsync() is { } line)
            if (line.StartsWith("ready", StringComparison.Ordinal)) return;
        Assert.Fail("It ended before it was ready.");
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
