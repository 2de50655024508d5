using System.Diagnostics;
using System.Text.Json;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Fleet;

/// <summary>Makes a host an agent of the fleet by a token that the portal gives, as `fleetprof agent join` does.</summary>
internal static class Joining
{
    /// <summary>Throws <see cref="InvalidOperationException"/> with what was said when it is refused.</summary>
    /// <param name="connectionFolder">Of the portal's connection.json.</param>
    /// <param name="stateFolder">Of the agent. What it was before is forgotten.</param>
    public static async Task JoinAsync(string connectionFolder, string stateFolder)
    {
        var (code, said) = await FleetProfProcess.RunAsync("agent", "token", "create", "--data", connectionFolder, "--output", "json");
        if (code != 0)
        {
            throw new InvalidOperationException($"no join token: {said}");
        }

        var token = JsonDocument.Parse(said).RootElement;
        var start = new ProcessStartInfo("dotnet",
        [
            Part.ProgramOf("FleetProf.Agent"), "join", $"--FleetProf:Join:Url={token.GetProperty("joinUrl")}", $"--FleetProf:Join:CaHash={token.GetProperty("caHash")}",
            "--FleetProf:Join:Again=true", $"--FleetProf:Agent:StateFolder={stateFolder}",
        ]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FleetProf__Join__Token"] = token.GetProperty("token").GetString();
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"not joined: {await output}{await errors}");
        }
    }
}
