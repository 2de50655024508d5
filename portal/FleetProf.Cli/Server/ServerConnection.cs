namespace FleetProf.Cli.Server;

/// <summary>A REST client of the portal.</summary>
public sealed class ServerConnection
{
    public static ServerConnection Open(string? url, string? token, string dataFolder) => new();
}
