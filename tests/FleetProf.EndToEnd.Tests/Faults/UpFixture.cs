using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>One `fleetprof up` whose parts the tests kill.</summary>
public sealed class UpFixture : IAsyncLifetime
{
    /// <summary>Most of these tests begin with a process that the agent must find. No test is about how long that takes, nor about how fast the parts become.</summary>
    internal static readonly Dictionary<string, string> QuickScans = new() { ["FleetProf__Agent__ScanInterval"] = "00:00:01", ["DOTNET_TieredPGO"] = "0" };

    private readonly string _data = Directory.CreateTempSubdirectory("fleetprof-e2e-").FullName;
    private FleetProfProcess? _up;
    private PortalClient? _portal;

    internal FleetProfProcess Up => _up ?? throw new InvalidOperationException("`up` was not started.");

    internal PortalClient Portal => _portal ?? throw new InvalidOperationException("`up` was not started.");

    public async ValueTask InitializeAsync()
    {
        _up = FleetProfProcess.StartWith(QuickScans, "up", "--data", _data, "--port", "0", "--no-browser");
        await _up.UntilSaidAsync("/login?t=", TimeSpan.FromMinutes(2));
        _portal = PortalClient.Open(_data);
    }

    public async ValueTask DisposeAsync()
    {
        _portal?.Dispose();
        if (_up is not null)
        {
            await _up.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }
}
