using System.Diagnostics;
using System.Text.RegularExpressions;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Demo;

/// <summary>
/// One `fleetprof demo` for all tests of its story. What happens in it is recorded while it happens;
/// the tests then wait for the part they are about.
/// </summary>
public sealed class DemoFixture : IAsyncLifetime
{
    public const string FirstRelease = "1.0";
    public const string SecondRelease = "1.1";

    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(4);

    /// <summary>For the verdict, which is waited for from the start on: the demo takes two minutes to it where nothing is slow.</summary>
    private static readonly TimeSpan VerdictLimit = TimeSpan.FromMinutes(5);

    /// <summary>On a machine that is busy with tests a heap snapshot of a leak may stop it for longer than is allowed by default, and would be refused.</summary>
    private static readonly Dictionary<string, string> LongStops = new() { ["FleetProf__Campaigns__MaxHeapStall"] = "00:00:20" };

    private readonly string _data = Directory.CreateTempSubdirectory("fleetprof-e2e-").FullName;
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private FleetProfProcess? _demo;
    private PortalClient? _portal;

    internal FleetProfProcess Demo => _demo ?? throw new InvalidOperationException("The demo was not started.");

    internal PortalClient Portal => _portal ?? throw new InvalidOperationException("The demo was not started.");

    internal string DataFolder => _data;

    /// <summary>Names of its services; another demo on this host makes them different.</summary>
    internal string Checkout { get; private set; } = "";

    internal string Catalog { get; private set; } = "";

    internal string Reports { get; private set; } = "";

    /// <summary>One-time link that the demo printed.</summary>
    internal string LoginLink { get; private set; } = "";

    /// <summary>Running instances when all four were first visible with a pause among them, and how long after the start.</summary>
    internal Task<(IReadOnlyList<Instance> Instances, TimeSpan At)> FirstPause { get; private set; } = null!;

    /// <summary>Over two services that are not deployed anew, of kinds trace, alloc and gcdump, by the command line: a deploy would end an instance that a slow machine still records.</summary>
    internal Task<(int ExitCode, string Said, TimeSpan At)> FirstCampaign { get; private set; } = null!;

    /// <summary>Both instances of release 1.1 are watched. Before that there is a time when no instance of the service runs.</summary>
    internal Task FaultyReleaseRuns { get; private set; } = null!;

    /// <summary>An alloc capture and two heap snapshots, one some time after the other, of each instance of release 1.1.</summary>
    internal Task<(Campaign Early, Campaign Late)> FaultyRelease { get; private set; } = null!;

    /// <summary>The comparison that the redeploy started, decided.</summary>
    internal Task<(Comparison Decided, TimeSpan At)> Verdict { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _demo = FleetProfProcess.StartWith(LongStops, "demo", "--data", _data, "--port", "0", "--no-browser");
        LoginLink = await _demo.UntilSaidAsync("/login?t=", Ample);
        var names = Regex.Match(await _demo.UntilSaidAsync("the portal is ready", Ample), "ready; (.+), (.+), (.+) are running").Groups;
        (Checkout, Catalog, Reports) = (names[1].Value, names[2].Value, names[3].Value);
        _portal = PortalClient.Open(_data);
        FirstPause = WatchFirstPauseAsync();
        FirstCampaign = RunFirstCampaignAsync();
        FaultyReleaseRuns = WatchFaultyReleaseAsync();
        FaultyRelease = CaptureFaultyReleaseAsync();
        Verdict = WatchVerdictAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _portal?.Dispose();
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    private async Task<(IReadOnlyList<Instance> Instances, TimeSpan At)> WatchFirstPauseAsync()
    {
        var instances = await Until.NotNullAsync("all instances are visible, one with a pause", Ample, async () =>
        {
            var found = new List<Instance>();
            foreach (var service in (string[])[Checkout, Catalog, Reports])
            {
                found.AddRange(await Portal.InstancesAsync(service));
            }

            return found.Count >= 4 && found.Exists(instance => instance.Vitals is { GcCount: > 0, LastPauseMs: > 0 }) ? found : null;
        });
        return (instances, _sinceStart.Elapsed);
    }

    private async Task<(int ExitCode, string Said, TimeSpan At)> RunFirstCampaignAsync()
    {
        await FirstPause;
        var (code, said) = await FleetProfProcess.RunAsync(
            "campaign", "create", "--data", _data, "--service", Catalog, "--service", Reports, "--kind", "trace", "--kind", "alloc", "--kind", "gcdump",
            "--duration", "3", "--name", "first", "--wait", "--no-progress");
        return (code, said, _sinceStart.Elapsed);
    }

    private async Task WatchFaultyReleaseAsync()
    {
        await FirstCampaign;
        await Demo.UntilSaidAsync($"{Checkout} {SecondRelease} is being deployed", Ample);
        await Until.TrueAsync("two instances of the faulty release are watched", Ample, async () =>
            (await Portal.InstancesAsync(Checkout, SecondRelease)).Count(instance => instance.Vitals is { GcCount: > 0 }) >= 2);
    }

    private async Task<(Campaign Early, Campaign Late)> CaptureFaultyReleaseAsync()
    {
        await FaultyReleaseRuns;
        // Allocations last: while they are recorded, the leak grows.
        var early = await RunAsync([CaptureKind.Gcdump, CaptureKind.Alloc]);
        return (early, await RunAsync([CaptureKind.Gcdump]));
    }

    private async Task<Campaign> RunAsync(CaptureKind[] kinds)
    {
        var id = await Portal.CreateCampaignAsync(new()
        {
            Name = "faulty release", Selector = new() { Services = [Checkout], Version = SecondRelease }, Kinds = kinds, SampleSize = 2, DurationSeconds = 5,
        });
        return await Until.NotNullAsync($"campaign {id} is over", Ample, async () =>
            await Portal.CampaignAsync(id) is { State: >= CampaignState.Completed } over ? over : null);
    }

    private async Task<(Comparison Decided, TimeSpan At)> WatchVerdictAsync()
    {
        var decided = await Until.NotNullAsync("the redeploy is compared", VerdictLimit, async () =>
            (await Portal.ComparisonsAsync(Checkout)).FirstOrDefault(comparison => comparison.DeployId is not null && comparison.Verdict != ComparisonVerdict.Pending));
        return (decided, _sinceStart.Elapsed);
    }
}
