using FleetProf.Portal.Tests.Browser;

namespace FleetProf.Portal.Tests.Profiles;

/// <summary>Which changes between two captures get a colour; expected figures were computed by hand.</summary>
[Collection<BrowserCollection>]
public sealed class ProfileSidesTests(BrowserFixture browser)
{
    private const string Script = """
        async ({ kind, before, after, equal }) => {
          const { Sides } = await import("/profiles/profile-sides.js");
          const fileOf = (unit, sampleCount, total, equal) => ({ samples: equal ? [equal] : undefined, unit, sampleCount, lostEvents: 0, droppedNodes: 0, names: ["all"], modules: [""], name: [0], module: [0], level: [0], totals: [total], self: [total] });
          const sidesOf = (unit, samples, totals, options) => new Sides(samples.map((count, side) => fileOf(unit, count, totals[side], options?.equal?.[side])), { beforeSeconds: 0, afterSeconds: 0, isSnapshot: false, ...options });
          const sides = {
            shares: sidesOf("samples", [600000, 1600], [600000, 1600]),
            sharesOfBytes: sidesOf("bytes", [600000, 1600], [6e10, 1.6e8]),
            rates: sidesOf("samples", [600000, 1600], [600000, 1600], { beforeSeconds: 600, afterSeconds: 1.6 }),
            goroutines: sidesOf("goroutines", [200, 225], [200, 225], { isSnapshot: true }),
            bytesInUse: sidesOf("bytes", [100, 110], [5e7, 5.5e7], { isSnapshot: true }),
            sharesOfNothing: sidesOf("samples", [0, 500], [0, 500]),
            fewShares: sidesOf("samples", [100, 100], [100, 100]),
            // 1,000 samples of 100 KB on both sides, later one of 50 MB too: 9 equal ones would tell its total as surely.
            largeObject: sidesOf("bytes", [1000, 1001], [1e8, 1.5e8], { equal: [1000, 9] }),
            rateOfLargeObject: sidesOf("bytes", [1000, 1001], [1e8, 1.5e8], { equal: [1000, 9], beforeSeconds: 1, afterSeconds: 1 }),
          }[kind];
          sides.measure(kind.startsWith("rate"));
          const squares = [before, after].map((value, side) => (equal ? (equal[side] ? value ** 2 / equal[side] : 0) : value / sides.samplesOfOne[side]) * sides.wholes[side] ** 2);
          return sides.change(before, after, Math.max(before, after), squares);
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

    /// <summary>One sample can be a third of all; what it takes from the shares of the others is no more certain than itself.</summary>
    [Theory]
    [InlineData("largeObject", 0.0, 1 / 3.0, 0, 1)]
    [InlineData("largeObject", 0.3, 0.2, 300, 300)]
    [InlineData("rateOfLargeObject", 0.0, 5e7, 0, 1)]
    [InlineData("rateOfLargeObject", 1e8, 1.5e8, 1000, 9)]
    public async Task Change_ThatRestsOnOneLargeObject_IsNone(string kind, double before, double after, int samplesBefore, int samplesAfter) =>
        Assert.Equal(0, await ChangeAsync(kind, before, after, samplesBefore, samplesAfter), 9);

    [Fact]
    public async Task Change_OfManySamplesBesideALargeObject_IsShown() =>
        Assert.Equal(0.5, await ChangeAsync("rateOfLargeObject", 3e7, 6e7, 300, 600), 6);

    [Fact]
    public async Task Change_OfWhatIsCounted_IsNeverChance()
    {
        Assert.Equal(1, await ChangeAsync("goroutines", 0, 25), 9);
        Assert.Equal(0, await ChangeAsync("goroutines", 200, 200), 9);
    }

    /// <param name="kind">Of the two sides.</param>
    /// <param name="before">As measured.</param>
    /// <param name="after">As measured.</param>
    /// <param name="equal">How many equal samples would tell each side as surely; none: as many as the unit has on that side.</param>
    private async Task<double> ChangeAsync(string kind, double before, double after, params int[] equal)
    {
        await using var open = await browser.OpenAsync("/captures");
        return await open.Page.EvaluateAsync<double>(Script, new { kind, before, after, equal = equal.Length > 0 ? equal : null });
    }
}
