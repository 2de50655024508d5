using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace FleetProf.Portal.Tests.Browser;

/// <summary>One open page with what it complained about and what it received over its circuit.</summary>
internal sealed partial class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly bool _isAlone;
    private readonly ConcurrentQueue<string> _complaints = new();
    private long _circuitBytes;

    private BrowserPage(IBrowserContext context, IPage page, bool isAlone) => (_context, Page, _isAlone) = (context, page, isAlone);

    public IPage Page { get; }

    /// <summary>Console errors, script errors, refused resources and violations of the content security policy.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Decoded bytes that the page received over WebSockets so far.</summary>
    public long CircuitBytes => Interlocked.Read(ref _circuitBytes);

    /// <param name="context">The browser profile.</param>
    /// <param name="isAlone">The profile ends with the page.</param>
    public static async Task<BrowserPage> CreateAsync(IBrowserContext context, bool isAlone = true)
    {
        var opened = new BrowserPage(context, await context.NewPageAsync(), isAlone);
        await opened.WatchAsync();
        return opened;
    }

    /// <summary>Loads a page and waits until its circuit has drawn a heading, and keys and buttons of the shell are listened to.</summary>
    public async Task GoToAsync(string path)
    {
        await Page.GotoAsync(path);
        await Page.Locator("main h1").First.WaitForAsync();
        // Its script puts the name of the theme there; a narrow page hides it. What stood in for the page has a second shell.
        await Page.Locator("[data-fp=theme-name]").Filter(new() { HasNotText = "Theme" }).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Assertions.Expect(Page.Locator(".fp-early")).ToHaveCountAsync(0);
    }

    /// <summary>Presses g and another key. The second counts for a second only, which passes before it where the machine stands still: then both again.</summary>
    public async Task GoByKeysAsync(string key, Regex address)
    {
        for (var tries = 0; tries < 50 && !address.IsMatch(Page.Url); tries++)
        {
            await Page.Keyboard.TypeAsync($"g{key}");
            await Page.EvaluateAsync("() => new Promise((done) => setTimeout(done, 200))");
        }

        await Assertions.Expect(Page).ToHaveURLAsync(address);
    }

    /// <summary>Clears what was complained about before the step under test, for errors that a test causes on purpose.</summary>
    public void ForgetComplaints() => _complaints.Clear();

    /// <summary>Serves a script changed to pages that are opened from now on. The import map of a page names the hash of every script, and the policy that of the map: both are taken away.</summary>
    public async Task ChangeScriptAsync(Regex script, Func<string, string> change)
    {
        await Page.RouteAsync(_ => true, async route =>
        {
            if (route.Request.ResourceType != "document")
            {
                await route.FallbackAsync();
                return;
            }

            var page = await route.FetchAsync();
            var headers = page.Headers.Where(header => header.Key != "content-security-policy").ToDictionary();
            await route.FulfillAsync(new() { Response = page, Headers = headers, Body = Hashes().Replace(await page.TextAsync(), "\"integrity\": {}") });
        });
        await Page.RouteAsync(script, async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = change(await answer.TextAsync()) });
        });
    }

    /// <summary>
    /// Pages that are opened from now on get no circuit before the result is completed. From the first frame on that shows charts it is noted how many of
    /// each selector's elements are visible: <see cref="SeenFramesAsync"/>.
    /// </summary>
    public async Task<TaskCompletionSource> HoldCircuitBackAsync(params string[] counted)
    {
        var mayStart = new TaskCompletionSource();
        await Page.RouteAsync(new Regex("_blazor/negotiate"), async route =>
        {
            await mayStart.Task;
            await route.ContinueAsync();
        });
        await Page.AddInitScriptAsync(
            $$"""
            globalThis.seenFrames = new Set();
            const count = (what) => [...document.querySelectorAll(what)].filter((one) => one.checkVisibility()).length;
            const look = () => {
              if (document.querySelector(".trends[data-painted]")) seenFrames.add({{JsonSerializer.Serialize(counted)}}.map(count).join());
              requestAnimationFrame(look);
            };
            look();
            """);
        return mayStart;
    }

    /// <summary>The different counts, each separated by commas.</summary>
    public Task<string[]> SeenFramesAsync() => Page.EvaluateAsync<string[]>("[...seenFrames]");

    /// <summary>A picture for people, under FLEETPROF_PICTURES when that is set.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("FLEETPROF_PICTURES") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }

    private async Task WatchAsync()
    {
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Enqueue($"console: {message.Text} ({message.Location})");
            }
        };
        Page.PageError += (_, error) => _complaints.Enqueue($"script: {error}");
        await Page.AddInitScriptAsync("addEventListener('securitypolicyviolation', e => console.error(`csp: ${e.violatedDirective} ${e.blockedURI}`))");
        var session = await _context.NewCDPSessionAsync(Page);
        await session.SendAsync("Network.enable");
        session.Event("Network.webSocketFrameReceived").OnEvent += (_, frame) => Count(frame);
    }

    private void Count(JsonElement? frame)
    {
        if (frame?.TryGetProperty("response", out var response) == true && response.GetProperty("payloadData").GetString() is { } payload)
        {
            // Opcode 2 is binary, which CDP hands over as base64.
            Interlocked.Add(ref _circuitBytes, response.GetProperty("opcode").GetDouble() == 2 ? payload.Length * 3L / 4 : Encoding.UTF8.GetByteCount(payload));
        }
    }

    [GeneratedRegex("\"integrity\": \\{[^}]*\\}")]
    private static partial Regex Hashes();

    public async ValueTask DisposeAsync()
    {
        if (_isAlone)
        {
            await _context.DisposeAsync();
        }
        else
        {
            await Page.CloseAsync();
        }
    }
}
