using System.Text.Json;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.EndToEnd.Tests.Browser;
using FleetProf.TestKit.Processes;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.EndToEnd.Tests.Faults;

/// <summary>A Go program that the host's policy names, through a campaign of an installation of its own, and as a person sees it.</summary>
[Collection<FaultCollection>]
public sealed class GoProgramTests : IDisposable
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-e2e-go-");

    [Fact]
    public async Task Campaign_OfAGoProgram_GivesProfilesThatPagesShow()
    {
        await using var probe = await GoProbeProcess.StartAsync(await GoProbeProcess.BuildAsync(_folder.FullName), Path.Combine(_folder.FullName, "probe.err"), hasPprof: true);
        var policy = Path.Combine(_folder.FullName, "policy.json");
        await File.WriteAllBytesAsync(policy, JsonSerializer.SerializeToUtf8Bytes(new { goPrograms = new[] { new { program = Path.Combine(_folder.FullName, "goprobe"), service = "stock", version = "7.1", pprofPort = probe.PprofPort } } }), TestContext.Current.CancellationToken);
        var data = Path.Combine(_folder.FullName, "data");
        await using var up = FleetProfProcess.StartWith(new(UpFixture.QuickScans) { ["FleetProf__Agent__PolicyFile"] = policy }, "up", "--data", data, "--port", "0", "--no-browser");
        await up.UntilSaidAsync("/login?t=", TimeSpan.FromMinutes(2));
        using var portal = PortalClient.Open(data);
        await Until.TrueAsync("the program is watched", Ample, async () => (await portal.InstancesAsync("stock")).Count == 1);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => portal.CreateCampaignAsync(Spec(CaptureKind.Gc)));
        Assert.Contains("no capture of kind gc", refused.Message, StringComparison.Ordinal);
        var id = await portal.CreateCampaignAsync(Spec(CaptureKind.Trace, CaptureKind.Alloc, CaptureKind.Gcdump, CaptureKind.Goroutines));
        var campaign = await Until.NotNullAsync("the campaign is over", Ample, async () =>
        {
            await probe.AskAsync("churn 100");
            return await portal.CampaignAsync(id) is { State: >= CampaignState.Completed } over ? over : null;
        });

        Assert.All(campaign.Targets, target => Assert.True(target.State == CaptureState.Ready, $"{target.Kind}: {target.State} {target.Failure} {target.Detail}"));
        var captures = campaign.Targets.ToDictionary(target => target.Kind, target => target.CaptureId);
        foreach (var (kind, top, function) in new[] { (CaptureKind.Trace, "cpu", "main.churn"), (CaptureKind.Alloc, "alloc", "main.churn"), (CaptureKind.Gcdump, "inuse", "main.churn"), (CaptureKind.Goroutines, "goroutine", "main.main") })
        {
            var rows = (await portal.ResultAsync(captures[kind], $"{top}.top.json")).GetProperty("rows").EnumerateArray();
            Assert.Contains(rows, row => row.GetProperty("name").GetString() == function);
            Assert.Equal("Go", (await portal.CaptureAsync(captures[kind])).Summary?.Runtime);
            var files = await portal.GetAsync<IReadOnlyList<CaptureFile>>($"/api/v1/captures/{captures[kind]}/files");
            Assert.Contains(files, file => file is { Name: "original.pb.gz", ContentType: "application/gzip" });
        }

        var dual = await portal.GetAsync<JsonElement>($"/api/v1/allocations/dual?alloc={captures[CaptureKind.Alloc]}&heap={captures[CaptureKind.Gcdump]}");
        Assert.True(dual.GetProperty("isByFunction").GetBoolean());
        Assert.Contains(dual.GetProperty("rows").EnumerateArray(), row => row.GetProperty("type").GetString() == "main.churn" && row.GetProperty("allocatedBytesPerSecond").GetDouble() > 1e6 && row.GetProperty("inUseBytes").GetDouble() > 1e6);
        await SeeAsync(portal, captures);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task SeeAsync(PortalClient portal, Dictionary<CaptureKind, string> captures)
    {
        await using var chromium = await Chromium.LaunchAsync();
        var page = await chromium.OpenAsync(portal.Url);
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(await portal.LoginLinkAsync());
        foreach (var (kind, capture) in captures)
        {
            await page.GotoAsync($"/captures/{capture}");
            await Expect(page.Locator(".flame[data-painted]")).ToBeVisibleAsync();
            await page.GotoAsync($"/captures/{capture}?tab=top");
            await Expect(page.GetByText(kind == CaptureKind.Goroutines ? "main.main" : "main.churn", new() { Exact = true }).First).ToBeVisibleAsync();
            if (kind is CaptureKind.Gcdump or CaptureKind.Goroutines)
            {
                await Expect(page.GetByText(kind == CaptureKind.Gcdump ? "A heap profile of Go tells which function" : "The profile names no states")).ToBeVisibleAsync();
            }
        }

        await page.GotoAsync($"/allocations/dual?alloc={captures[CaptureKind.Alloc]}");
        await Expect(page.GetByText("A profile of Go knows no types of objects")).ToBeVisibleAsync();
        await Expect(page.GetByText("main.churn", new() { Exact = true }).First).ToBeVisibleAsync();
        await Expect(page.Locator(".dual-card").First).ToContainTextAsync("function");
        await Keep(page, "go-dual");
        Assert.Empty(complaints);
    }

    private static async Task Keep(Microsoft.Playwright.IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("FLEETPROF_IMAGES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }

    private static CampaignSpec Spec(params CaptureKind[] kinds) => new()
    {
        Name = "go", Selector = new() { Services = ["stock"] }, Kinds = [.. kinds], SampleSize = 1, DurationSeconds = 3,
    };
}
