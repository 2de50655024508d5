using FleetProf.Portal.Tests.Browser;

namespace FleetProf.Portal.Tests.Profiles;

/// <summary>Which changes between two captures get a colour; expected figures were computed by hand.</summary>
[Collection<BrowserCollection>]
public sealed class ProfileSidesTests(BrowserFixture browser)
{
    private const string Script = """
        async ({ kind, before, after }) => {
          const { Sides } = await import("/profiles/profile-sides.js");
          const fileOf = (unit, sampleCount, total) => ({ unit, sampleCount, lostEvents: 0, droppedNodes: 0, names: ["all"], modules: [""], name: [0], module: [0], level: [0], totals: [total], self: [total] });
          const sidesOf = (unit, samples, totals, options) => new Sides(samples.map((count, side) => fileOf(unit, count, totals[side])), { beforeSeconds: 0, afterSeconds: 0, isSnapshot: false, ...options });
          const sides = {
            shares: sidesOf("samples", [600000, 1600], [600000, 1600]),
            sharesOfBytes: sidesOf("bytes", [600000, 1600], [6e10, 1.6e8]),
            rates: sidesOf("samples", [600000, 1600], [600000, 1600], { beforeSeconds: 600, afterSeconds: 1.6 }),
            goroutines: sidesOf("goroutines", [200, 225], [200, 225], { isSnapshot: true }),
            bytesInUse: sidesOf("bytes", [100, 110], [5e7, 5.5e7], { isSnapshot: true }),
            sharesOfNothing: sidesOf("samples", [0, 500], [0, 500]),
            fewShares: sidesOf("samples", [100, 100], [100, 100]),
          }[kind];
          sides.measure(kind === "rates");
          return sides.change(before, after, Math.max(before, after));
        }
        """;

    [Theory]
    [InlineData("shares", 0.003, 0.00125)] // 1,800 of 600,000 against 2 of 1,600
    [InlineData("sharesOfBytes", 0.003, 0.00125)]
    [InlineData("rates", 3.0, 1.25)]
    [InlineData("bytesInUse", 5e7, 5.5e7)]
    [InlineData("sharesOfNothing", 0.0, 1.0)]
    [InlineData("fewShares", 0.0, 0.29)]
    public async Task Change_ThatMayBeChance_IsNone(string kind, double before, double after) => Assert.Equal(0, await ChangeAsync(kind, before, after), 9);

    [Theory]
    [InlineData("shares", 0.003, 0.05, 0.94)]
    [InlineData("shares", 0.05, 0.003, -0.94)]
    [InlineData("sharesOfBytes", 0.003, 0.05, 0.94)]
    [InlineData("rates", 3.0, 50.0, 0.94)]
    [InlineData("bytesInUse", 2e7, 5.5e7, 0.636364)]
    [InlineData("fewShares", 0.0, 0.31, 1.0)]
    public async Task Change_BeyondChance_IsShown(string kind, double before, double after, double change) => Assert.Equal(change, await ChangeAsync(kind, before, after), 6);

    [Fact]
    public async Task Change_OfWhatIsCounted_IsNeverChance()
    {
        Assert.Equal(1, await ChangeAsync("goroutines", 0, 25), 9);
        Assert.Equal(0, await ChangeAsync("goroutines", 200, 200), 9);
    }

    private async Task<double> ChangeAsync(string kind, double before, double after)
    {
        await using var open = await browser.OpenAsync("/captures");
        return await open.Page.EvaluateAsync<double>(Script, new { kind, before, after });
    }
}
