using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.EndToEnd.Tests.Faults;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Restore;

/// <summary>What docs/guides/install.md says about backups: made while everything runs, the silo's folder lost, restored, and all is as it was.</summary>
[Collection<FaultCollection>]
public sealed class RestoreTests : IAsyncLifetime
{
    private const string Person = "somebody of before";

    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(3);

    private readonly string _data = Directory.CreateTempSubdirectory("fleetprof-e2e-").FullName;
    private readonly string _kept = Directory.CreateTempSubdirectory("fleetprof-e2e-kept-").FullName;
    private readonly string _listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{JoinTests.FreePair()}");
    private FleetProfProcess? _up;

    private string Silo => Path.Combine(_data, "silo");

    private string Backup => Path.Combine(_kept, "backup");

    public ValueTask InitializeAsync() => StartAsync();

    [Fact]
    public async Task Silo_LostAndRestored_HasEverythingAndItsAgentsComeBackByThemselves()
    {
        await using var probe = await WatchedProbe.StartAsync();
        IReadOnlyList<string> before;
        string campaignId;
        string agent;
        using (var portal = PortalClient.Open(_data))
        {
            await Until.TrueAsync("the probe is watched", Ample, async () => (await portal.InstancesAsync(probe.Service)).Count == 1);
            campaignId = await CaptureAsync(portal, probe.Service, "before the backup", CaptureKind.Trace, CaptureKind.Gcdump);
            var (token, refusal) = await FleetProfProcess.RunAsync("token", "create", Person, "--data", _data);
            Assert.True(token == 0, refusal);
            before = await SeeAsync(portal, campaignId);
            agent = await AgentAsync(portal);
        }

        var (made, how) = await FleetProfProcess.RunAsync("backup", Backup, "--data", _data);
        Assert.True(made == 0, how);
        Assert.Contains("The artifact key is not in it", how, StringComparison.Ordinal);
        await StopAsync();
        File.Move(Path.Combine(Silo, "keys", "artifact.key"), Path.Combine(_kept, "artifact.key"));
        Directory.Delete(Silo, recursive: true);

        var (restored, said) = await FleetProfProcess.RunAsync("restore", Backup, "--data", _data);
        Assert.True(restored == 0, said);
        Assert.Contains("put artifact key", said, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(Silo, "keys"));
        File.Move(Path.Combine(_kept, "artifact.key"), Path.Combine(Silo, "keys", "artifact.key"));
        await StartAsync();

        using var again = PortalClient.Open(_data);
        Assert.Equal(before, await SeeAsync(again, campaignId));
        var (verified, chain) = await FleetProfProcess.RunAsync("audit", "verify", "--data", _data);
        Assert.True(verified == 0, chain);
        Assert.Equal(agent, await AgentAsync(again));
        await Until.TrueAsync("the agent is back and watches", Ample, async () => (await again.InstancesAsync(probe.Service)).Count == 1);

        // The host's policy wants a minute between snapshots of a heap.
        await CaptureAsync(again, probe.Service, "after the restore", CaptureKind.Trace);
    }

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
        {
            await _up.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
        Directory.Delete(_kept, recursive: true);
    }

    private async ValueTask StartAsync()
    {
        _up = FleetProfProcess.StartWith(UpFixture.QuickScans, "up", "--data", _data, "--port", "0", "--no-browser", "--enrol", "--listen", _listen);
        await _up.UntilSaidAsync("/login?t=", Ample);
    }

    private async Task StopAsync()
    {
        await FleetProfProcess.SignalAsync(_up!.Pid, "TERM");
        await _up.UntilEndAsync(Ample);
        await _up.DisposeAsync();
    }

    private static async Task<string> CaptureAsync(PortalClient portal, string service, string name, params CaptureKind[] kinds)
    {
        var id = await portal.CreateCampaignAsync(new()
        {
            Name = name, Selector = new() { Services = [service] }, Kinds = kinds, SampleSize = 1, DurationSeconds = 2,
        });
        var over = await Until.NotNullAsync($"campaign {id} is over", Ample, async () => await portal.CampaignAsync(id) is { State: >= CampaignState.Completed } campaign ? campaign : null);
        Assert.All(over.Targets, target => Assert.True(target.State == CaptureState.Ready, $"{target.Kind} {target.State} {target.Failure} {target.Detail}"));
        Assert.Equal(kinds.Length, over.Targets.Count);
        return id;
    }

    private static async Task<string> AgentAsync(PortalClient portal) => Assert.Single((await portal.GetAsync<JsonElement>("/api/v1/agents")).EnumerateArray()).GetProperty("agentId").GetString()!;

    /// <summary>The campaign, its captures, every stored file byte for byte, the dominators of the heap, and who has a token.</summary>
    private static async Task<IReadOnlyList<string>> SeeAsync(PortalClient portal, string campaignId)
    {
        var seen = new List<string>();
        var campaign = await portal.CampaignAsync(campaignId);
        seen.Add($"{campaign.Spec.Name} {campaign.State}");
        foreach (var target in campaign.Targets.OrderBy(target => target.CaptureId, StringComparer.Ordinal))
        {
            var capture = await portal.CaptureAsync(target.CaptureId);
            seen.Add($"{capture.CaptureId} {capture.Service} {capture.Kind} {capture.State} {capture.StartedAt:O} {capture.Summary}");
            foreach (var file in (await portal.GetAsync<JsonElement>($"/api/v1/captures/{target.CaptureId}/files")).EnumerateArray())
            {
                var name = file.GetProperty("name").GetString()!;
                var sha256 = Convert.ToHexStringLower(SHA256.HashData(await portal.BytesAsync($"/api/v1/captures/{target.CaptureId}/files/{name}")));
                Assert.Equal(file.GetProperty("sha256").GetString(), sha256);
                seen.Add($"{name} {sha256}");
            }

            if (target.Kind == CaptureKind.Gcdump)
            {
                seen.Add((await portal.GetAsync<JsonElement>($"/api/v1/captures/{target.CaptureId}/heap/dominators?node=0")).GetRawText());
            }
        }

        var person = (await portal.GetAsync<JsonElement>("/api/v1/tokens")).EnumerateArray().Single(row => row.GetProperty("name").GetString() == Person);
        seen.Add($"{person.GetProperty("credentialId")} {person.GetProperty("expiresAt")}");
        Assert.Contains(seen, line => line.StartsWith("cpu.flame.json", StringComparison.Ordinal));
        return seen;
    }
}
