using System.Diagnostics;
using System.Text.Json;

namespace FleetProf.Faults.Fleet;

/// <summary>Makes a host an agent of the fleet by a token that the portal gives, as `fleetprof agent join` does.</summary>
internal static class Joining
{
    /// <summary>A portal or silo may be away for another fault, and asks to repeat the request.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Throws <see cref="InvalidOperationException"/> with what was said when it is refused for a minute.</summary>
    /// <param name="connectionFolder">Of the portal's connection.json.</param>
    /// <param name="stateFolder">Of the agent. What it was before is forgotten.</param>
    /// <param name="build">Whose CLI asks for the token, and whose agent joins.</param>
    public static async Task JoinAsync(string connectionFolder, string stateFolder, Build build)
    {
        var problem = "";
        if (!await Wait.UntilAsync(Patience, async () => (problem = await TryAsync(connectionFolder, stateFolder, build)).Length == 0))
        {
            throw new InvalidOperationException(problem);
        }
    }

    /// <summary>Empty when it is an agent now.</summary>
    private static async Task<string> TryAsync(string connectionFolder, string stateFolder, Build build)
    {
        var (code, said) = await build.RunAsync([], "agent", "token", "create", "--data", connectionFolder, "--output", "json");
        if (code != 0)
        {
            return $"no join token: {said}";
        }

        var token = JsonDocument.Parse(said).RootElement;
        var start = new ProcessStartInfo("dotnet",
        [
            build.ProgramOf("FleetProf.Agent"), "join", $"--FleetProf:Join:Url={token.GetProperty("joinUrl")}", $"--FleetProf:Join:CaHash={token.GetProperty("caHash")}",
            "--FleetProf:Join:Again=true", $"--FleetProf:Agent:StateFolder={stateFolder}",
        ]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FleetProf__Join__Token"] = token.GetProperty("token").GetString();
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? "" : $"not joined: {await output}{await errors}";
    }
}
