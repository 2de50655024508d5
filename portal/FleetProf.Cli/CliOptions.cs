using System.CommandLine;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli;

/// <summary>Options that every verb takes.</summary>
public static class CliOptions
{
    public const string DefaultDataFolder = ".fleetprof";

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "Address of the portal. Default: FLEETPROF_URL unless --data is given, else connection.json in the data folder.",
        Recursive = true,
    };

    public static readonly Option<string?> Token = new("--token")
    {
        Description = "API token. Default: FLEETPROF_TOKEN unless --data is given, else connection.json in the data folder.",
        Recursive = true,
    };

    public static readonly Option<bool> AllowPlainHttp = new("--allow-plain-http")
    {
        Description = "Send the token to an http:// address of another host too, where whoever is on the way can read it.",
        Recursive = true,
    };

    public static readonly Option<string?> Data = new("--data")
    {
        Description = $"Data folder of `demo` or `up`. Default: {DefaultDataFolder} under the working folder.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<OutputFormat> Output = CreateOutput();

    public static readonly Option<bool> NoProgress = new("--no-progress")
    {
        Description = "Print no progress on stderr.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Url, Token, AllowPlainHttp, Data, Output, NoProgress];

    private static Option<OutputFormat> CreateOutput()
    {
        var output = EnumOption.Of<OutputFormat>("--output", "-o", "How to print data. Default: table.");
        output.Recursive = true;
        return output;
    }
}
