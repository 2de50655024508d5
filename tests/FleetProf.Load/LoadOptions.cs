using System.Globalization;

namespace FleetProf.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        """
        dotnet run -c Release --project tests/FleetProf.Load -- steady|command|restart [options]
          --agents N     simulated agents, each with a certificate and a connection of its own (1000)
          --seconds T    of the steady state that is measured, or before the silo is killed (60)
          --seed S       of everything that is drawn (1)
          --connects N   agents that connect per second at first (100)
          --drops P      chance that an agent's connection breaks in a minute (0.001)
          --artifacts P  command: share of the agents that upload an artifact, the others report a failure (0.01)
          --rounds N     command: campaigns one after the other; the first is not counted, as the silo compiles in it (6)
          --aim T        command, restart: the seconds that the median, or the last return, must stay below; 0: they are printed and not judged (2, 120)
          --silo K=V     an option of the silo; may be given several times
          --program F    the silo's program, as portal/FleetProf.Cli/publish.sh makes it (what was built beside this one)
        """;

    public required string Scenario { get; init; }

    public int Agents { get; init; } = 1_000;

    public TimeSpan Steady { get; init; } = TimeSpan.FromSeconds(60);

    public int Seed { get; init; } = 1;

    public int ConnectsPerSecond { get; init; } = 100;

    /// <summary>Per agent and minute.</summary>
    public double DropShare { get; init; } = 0.001;

    public double ArtifactShare { get; init; } = 0.01;

    public int Rounds { get; init; } = 6;

    /// <summary>Null: that of the scenario. Zero: that of the scenario is printed and not judged.</summary>
    public TimeSpan? Aim { get; init; }

    public IReadOnlyList<string> SiloOptions { get; init; } = [];

    /// <summary>Null: the one that was built beside this one.</summary>
    public string? SiloProgram { get; init; }

    /// <summary>Null when they cannot be read.</summary>
    public static LoadOptions? Parse(string[] args)
    {
        if (args is not ["steady" or "command" or "restart", ..] || args.Length % 2 == 0)
        {
            return null;
        }

        var options = new LoadOptions { Scenario = args[0] };
        foreach (var pair in args.Skip(1).Chunk(2))
        {
            var isNumber = double.TryParse(pair[1], CultureInfo.InvariantCulture, out var number) && number >= 0;
            var next = pair[0] switch
            {
                "--program" => options with { SiloProgram = Path.GetFullPath(pair[1]) },
                "--silo" => options with { SiloOptions = [.. options.SiloOptions, pair[1]] },
                "--agents" when isNumber && number >= 1 => options with { Agents = (int)number },
                "--seconds" when isNumber => options with { Steady = TimeSpan.FromSeconds(number) },
                "--seed" when isNumber => options with { Seed = (int)number },
                "--connects" when isNumber && number >= 1 => options with { ConnectsPerSecond = (int)number },
                "--rounds" when isNumber && number >= 1 => options with { Rounds = (int)number },
                "--aim" when isNumber => options with { Aim = TimeSpan.FromSeconds(number) },
                "--drops" when isNumber => options with { DropShare = number },
                "--artifacts" when isNumber => options with { ArtifactShare = number },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }
}
