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
          return sides.change(before, after, Math.max(before, after), squares.map((sum) => [sum]));
        }
        """;

    /// <summary>
    /// How often, of 100 pairs of captures of ten seconds, the method a is coloured: as a share of the graph, per second, and itself in the table. A millisecond
    /// of a thread is a sample, as in .NET; calls come at random. Later all of it is `growth` times as long as before.
    /// </summary>
    private const string Captures = $$"""
        async ({ work, growth, isTimed }) => {
          const { Sides } = await import("/profiles/profile-sides.js");
          const { differenceOf, evidenceOf, methodsOf } = await import("/profiles/flame-difference.js");
          {{FlameFile.OfStacks}}
          let seed = 4711;
          const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
          const around = (mean) => -mean * Math.log(random());
          const lasting = (stack, milliseconds) => new Array(Math.max(1, Math.round(milliseconds))).fill(stack);
          const Length = 10_000;
          // A thread that waits between its calls, which each take some stacks; one that never waits has no gap.
          const thread = (gap, call) => {
            const samples = [];
            for (let at = gap && around(gap); at < Length; at += gap && around(gap)) {
              for (const stack of call()) {
                if (at < Length) samples.push([stack, 1, Math.floor(at / 512)]);
                at++;
              }
            }

            return samples;
          };
          const [a, b] = [[1], [2]];
          const works = {
            // Two fifths of the time, 20 a second of 20 ms.
            calls: (times) => [thread(30, () => lasting(a, 20 * times)), thread(2, () => lasting(b, 1))],
            // The samples of a are never two in a row, and in ten places.
            places: (times) => [thread(30, () => Array.from({ length: 10 }, (_, i) => [[3, 4 + i], [3, 4 + i, 1]]).flatMap((both) => lasting(both, times)).flat()), thread(2, () => lasting(b, 1))],
            // One thread that never waits.
            turns: (times) => [thread(0, () => [...lasting(a, times * around(20)), ...lasting(b, around(30))])],
            // Four threads do the same at once.
            parallel: (times) => { const one = thread(100, () => lasting(a, 30 * times)); return [one, one, one, one, thread(2, () => lasting(b, 2))]; },
            // One by one.
            single: (times) => [thread(0, () => [random() < 0.2 * times ? a : random() < 0.1 ? [1, 2] : b])],
          };
          const names = ["all", "a", "b", "c", ...Array.from({ length: 10 }, (_, i) => `place ${i}`)];
          const captureOf = (times) => {
            const stacks = works[work](times).flat();
            const file = fileOf(stacks, names, isTimed ? Array.from({ length: 20 }, (_, i) => (i < 19 ? 512 : Length - 19 * 512)) : undefined);
            return { ...file, unit: "samples", sampleCount: stacks.length, lostEvents: 0, droppedNodes: 0 };
          };
          const coloured = { share: 0, rate: 0, self: 0 };
          for (let pair = 0; pair < 100; pair++) {
            const sides = new Sides([captureOf(1), captureOf(growth)], { beforeSeconds: 10, afterSeconds: 10, isSnapshot: false });
            const tree = differenceOf(...sides.trees, ...sides.wholes);
            const changed = (before, after, evidence) => Number(sides.change(before / sides.wholes[0], after / sides.wholes[1], 1, evidence) !== 0);
            const node = Array.from({ length: tree.count }, (_, i) => i).find((i) => i > 0 && tree.level[i] === 1 && tree.nameOf(i) === (work === "places" ? "c" : "a"));
            const row = methodsOf(tree).find(({ name }) => name === "a");
            coloured.share += changed(tree.before[node], tree.after[node], evidenceOf(tree, node));
            coloured.self += changed(row.selfBefore, row.selfAfter, row.selfEvidence);
            sides.measure(true);
            coloured.rate += changed(tree.before[node], tree.after[node], evidenceOf(tree, node));
          }

          return [coloured.share, coloured.rate, coloured.self];
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

    [Theory]
    [InlineData("calls")]
    [InlineData("places")]
    [InlineData("turns")]
    [InlineData("parallel")]
    [InlineData("single")]
    public async Task Change_BetweenCapturesOfTheSameWork_IsSeldomShown(string work) =>
        Assert.All(await ColouredAsync(work, growth: 1, isTimed: true), coloured => Assert.InRange(coloured, 0, 10));

    /// <summary>That the works above can tell: files that do not say when samples came have them taken for such as come one by one.</summary>
    [Theory]
    [InlineData("calls")]
    [InlineData("places")]
    [InlineData("turns")]
    [InlineData("parallel")]
    public async Task Change_WhereNobodySaysWhenSamplesCame_IsShownTooOften(string work) =>
        Assert.InRange((await ColouredAsync(work, growth: 1, isTimed: false)).Max(), 20, 100);

    [Theory]
    [InlineData("calls")]
    [InlineData("places")]
    [InlineData("turns")]
    [InlineData("parallel")]
    [InlineData("single")]
    public async Task Change_OfWorkThatGrew_IsShownAllTheSame(string work) =>
        Assert.All(await ColouredAsync(work, growth: 1.6, isTimed: true), coloured => Assert.InRange(coloured, 60, 100));

    [Fact]
    public async Task Change_OfOneLongCall_IsNone()
    {
        await using var open = await browser.OpenAsync("/captures");
        const string script = $$"""
            async () => {
              const { Sides } = await import("/profiles/profile-sides.js");
              const { differenceOf, evidenceOf } = await import("/profiles/flame-difference.js");
              {{FlameFile.OfStacks}}
              // Four seconds: the rest all the time, a once for half of it, later for a quarter.
              const captureOf = (milliseconds) => {
                const stacks = Array.from({ length: 4000 }, (_, at) => [[[2], 1, Math.floor(at / 128)], ...(at >= 1000 && at < 1000 + milliseconds ? [[[1], 1, Math.floor(at / 128)]] : [])]).flat();
                const ms = Array.from({ length: 32 }, (_, i) => (i < 31 ? 128 : 4000 - 31 * 128));
                return { ...fileOf(stacks, ["all", "a", "rest"], ms), unit: "samples", sampleCount: stacks.length, lostEvents: 0, droppedNodes: 0 };
              };
              const sides = new Sides([captureOf(2000), captureOf(1000)], { beforeSeconds: 4, afterSeconds: 4, isSnapshot: false });
              const tree = differenceOf(...sides.trees, ...sides.wholes);
              const node = tree.nameOf(1) === "a" ? 1 : 2;
              return [1, 4].map((whole, isRate) => {
                sides.measure(Boolean(isRate));
                return sides.change(tree.before[node] / sides.wholes[0], tree.after[node] / sides.wholes[1], whole, evidenceOf(tree, node));
              });
            }
            """;

        var changes = await open.Page.EvaluateAsync<double[]>(script);
        Assert.Equal([0, 0], changes);
    }

    [Fact]
    public async Task Change_OfWhatIsCounted_IsNeverChance()
    {
        Assert.Equal(1, await ChangeAsync("goroutines", 0, 25), 9);
        Assert.Equal(0, await ChangeAsync("goroutines", 200, 200), 9);
    }

    private async Task<int[]> ColouredAsync(string work, double growth, bool isTimed)
    {
        await using var open = await browser.OpenAsync("/captures");
        return await open.Page.EvaluateAsync<int[]>(Captures, new { work, growth, isTimed });
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
