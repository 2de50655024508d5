using System.Globalization;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>One `fleetprof up` that other hosts join.</summary>
public sealed class EnrollingUp : IAsyncLifetime
{
    private FleetProfProcess? _up;

    internal string Data { get; } = Directory.CreateTempSubdirectory("fleetprof-e2e-").FullName;

    public async ValueTask InitializeAsync()
    {
        _up = FleetProfProcess.StartWith(UpFixture.QuickScans, "up", "--data", Data, "--port", "0", "--no-browser", "--enrol", "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{JoinTests.FreePair()}"));
        await _up.UntilSaidAsync("/login?t=", TimeSpan.FromMinutes(2));
    }

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
        {
            await _up.DisposeAsync();
        }

        Directory.Delete(Data, recursive: true);
    }
}
