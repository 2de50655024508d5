using FleetProf.Cli.Up;

namespace FleetProf.Cli.Demo;

/// <summary>
/// Service names of one demo. An agent watches every process of its host, so demos side by side see each other's services:
/// the second one on a host names its own checkout-demo2 and so on, until it ends.
/// </summary>
internal sealed class DemoNames : IDisposable
{
    private const int MostDemos = 50;

    private readonly FolderLock? _claim;

    private DemoNames(FolderLock? claim, string suffix)
    {
        _claim = claim;
        Checkout = $"checkout{suffix}";
        Catalog = $"catalog{suffix}";
        Reports = $"reports{suffix}";
        LoadDriver = $"load-driver{suffix}";
    }

    public string Checkout { get; }

    public string Catalog { get; }

    public string Reports { get; }

    public string LoadDriver { get; }

    public IReadOnlyList<string> Services => [Checkout, Catalog, Reports];

    /// <summary>Takes the first names that no running demo has.</summary>
    public static DemoNames Claim(string lockFolder)
    {
        for (var number = 1; number <= MostDemos; number++)
        {
            if (FolderLock.TryTake(Path.Combine(lockFolder, $"fleetprof-demo-{number}.lock")) is { } claim)
            {
                return new(claim, number == 1 ? "" : $"-demo{number}");
            }
        }

        // A folder that nobody may write to: then names are shared, as they are on different hosts.
        return new(null, "");
    }

    public void Dispose() => _claim?.Dispose();
}
