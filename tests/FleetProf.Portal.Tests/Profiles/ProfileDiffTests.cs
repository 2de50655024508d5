using System.Text.RegularExpressions;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetProf.Portal.Tests.Profiles;

[Collection<BrowserCollection>]
public sealed class ProfileDiffTests(BrowserFixture browser)
{
    /// <summary>Random stacks of two captures, merged the slow and obvious way: by whole paths.</summary>
    private const string Script = $$"""
        async () => {
          const { treeOf } = await import("/js/flame-model.js");
          const { differenceOf, evidenceOf, methodsOf } = await import("/profiles/flame-difference.js");
          let seed = 11;
          const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
          const failures = [];
          const expect = (what, actual, wanted) => { if (Math.abs(actual - wanted) > 1e-9) failures.push(`${what}: ${actual} instead of ${wanted}`); };
          {{FlameFile.OfStacks}}
          for (let round = 0; round < 60; round++) {
            // The sides number their names differently.
            const names = [["all", "a", "b", "c", "d"], ["all", "d", "c", "b", "a"]];
            const sides = names.map(() => Array.from({ length: 1 + random(30) }, () => [Array.from({ length: 1 + random(6) }, () => 1 + random(4)), 1 + random(9)]));
            const trees = sides.map((stacks, side) => treeOf(fileOf(stacks, names[side])));
            for (const tree of trees) Object.assign(tree, { evidence: Float64Array.from(tree.total), width: 1 });
            const wholes = trees.map((tree) => tree.total[0]);
            const tree = differenceOf(...trees, ...wholes);
            const total = (side, test) => sides[side].filter(([stack]) => test(stack.map((name) => names[side][name]))).reduce((sum, [, weight]) => sum + weight, 0);
            for (let node = 0; node < tree.count; node++) {
              const path = tree.stackOf(node).reverse();
              const begins = (stack) => path.every((name, depth) => stack[depth] === name);
              expect(`before ${path}`, tree.before[node], total(0, begins));
              expect(`after ${path}`, tree.after[node], total(1, begins));
              evidenceOf(tree, node).forEach(([sum = 0], side) => expect(`evidence ${side} of ${path}`, sum, total(side, begins)));
              expect(`width ${path}`, tree.total[node], total(0, begins) / wholes[0] + total(1, begins) / wholes[1]);
              const inside = [...tree.children(node)].reduce((sum, child) => sum + tree.total[child], 0);
              if (inside > tree.total[node] + 1e-9) failures.push(`children of ${path} are wider than it`);
            }
            for (const row of methodsOf(tree)) {
              expect(`method ${row.name}`, row.totalBefore, total(0, (stack) => stack.includes(row.name)));
              expect(`method ${row.name} after`, row.totalAfter, total(1, (stack) => stack.includes(row.name)));
              expect(`self ${row.name}`, row.selfAfter, total(1, (stack) => stack.at(-1) === row.name));
              expect(`evidence of ${row.name}`, row.totalEvidence[1][0] ?? 0, row.totalAfter);
              expect(`evidence of ${row.name} itself`, row.selfEvidence[1][0] ?? 0, row.selfAfter);
            }
            const same = differenceOf(trees[0], trees[0], wholes[0], wholes[0]);
            for (let node = 0; node < same.count; node++) expect("same", same.before[node], same.after[node]);
            expect("one side only", differenceOf(null, trees[1], 1, wholes[1]).before[0], 0);
          }
          const level = Array.from({ length: 50000 }, (_, i) => i);
          const deep = treeOf({ names: ["all", "f"], modules: [""], name: level.map((i) => Math.min(i, 1)), module: level.map(() => 0), level, totals: level.map(() => 3), self: level.map((i) => (i === 49999 ? 3 : 0)) });
          expect("depth", differenceOf(deep, deep, 3, 3).depth, 50000);
          return failures;
        }
        """;

    /// <summary>The difference turned upside down has its names in another order than the whole one.</summary>
    private const string Searching = $$"""
        async () => {
          const { treeOf, inverted, focused, search } = await import("/js/flame-model.js");
          const { differenceOf } = await import("/profiles/flame-difference.js");
          {{FlameFile.OfStacks}}
          const names = [["all", "a", "b", "c", "d"], ["all", "d", "c", "b", "a"]];
          const sides = [[[[1, 2, 3], 5], [[1, 4], 2]], [[[1, 2], 4], [[4, 2, 1], 3]]];
          const trees = sides.map((stacks, side) => treeOf(fileOf(stacks, names[side])));
          const viewOf = (derive) => differenceOf(...trees.map(derive), 1, 1);
          const views = { whole: viewOf((tree) => tree), inverted: viewOf((tree) => inverted(tree)), focus: viewOf((tree) => focused(tree, "c")) };
          const found = search(views.whole, "^[bc]$");
          const failures = [];
          for (const [view, tree] of Object.entries(views)) {
            for (let node = 1; node < tree.count; node++) {
              if (found.isMatch(tree, node) !== /^[bc]$/.test(tree.nameOf(node))) failures.push(`${view}: ${tree.stackOf(node)}`);
            }
          }
          return failures;
        }
        """;

    /// <summary>Two captures of one service; the fake files of the second, whose number is odd, differ. Of a campaign that is done: a running one's captures become ready while a test looks.</summary>
    private string[] Traces => [.. browser.Portal.Silo.World.Captures().Where(capture => capture is { Kind: CaptureKind.Trace, State: CaptureState.Ready, CampaignId: "01k0000000000000000000done" })
        .GroupBy(capture => capture.Service, capture => capture.CaptureId)
        .First(service => service.DistinctBy(captureId => captureId[^1] % 2).Count() == 2)
        .DistinctBy(captureId => captureId[^1] % 2).OrderBy(captureId => captureId[^1] % 2)];

    [Fact]
    public async Task Difference_OfRandomStacks_AgreesWithTheStacks()
    {
        await using var open = await browser.OpenAsync("/captures");

        Assert.Empty(await open.Page.EvaluateAsync<string[]>(Script));
    }

    [Fact]
    public async Task Search_InTheViewsOfADifference_FindsByName()
    {
        await using var open = await browser.OpenAsync("/captures");

        Assert.Empty(await open.Page.EvaluateAsync<string[]>(Searching));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Graph_OfTwoCaptures_IsPaintedSaysItInTextAndFollowsTheAddress(ColorScheme theme)
    {
        await using var open = await browser.OpenAsync($"/profiles/diff?from={Traces[0]}&to={Traces[1]}", theme);
        var page = open.Page;
        await page.Locator(".flame[data-painted]").WaitForAsync();
        await open.PictureAsync($"profile-diff-{theme}");

        await page.FocusAsync("canvas");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator(".flame-status")).ToContainTextAsync("before");
        await Expect(page.Locator(".flame-status")).ToContainTextAsync("points");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invert" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("view=inverted"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Per second" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("by=rate"));
        await page.FocusAsync("canvas");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator(".flame-status")).ToContainTextAsync("ms/s");

        Assert.InRange(open.CircuitBytes, 1, 300_000);
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Capture_Compared_OffersAnEarlierOneOfItsService()
    {
        await using var open = await browser.OpenAsync($"/captures/{Traces[1]}?tab=flame");
        await open.Page.GetByRole(AriaRole.Link, new() { Name = "Compare…" }).ClickAsync();

        await Expect(open.Page).ToHaveURLAsync(new Regex($"/profiles/diff\\?to={Traces[1]}"));
        await open.Page.Locator(".flame-key").First.WaitForAsync();
        await Expect(open.Page.Locator("select[aria-label='Later capture']")).ToHaveValueAsync(Traces[1]);
    }

    [Fact]
    public async Task Table_OfTwoCaptures_HasTheSameAsTextAndLeadsBack()
    {
        await using var open = await browser.OpenAsync($"/profiles/diff?from={Traces[1]}&to={Traces[0]}&tab=table");
        var page = open.Page;
        await page.Locator(".table[data-rows]").WaitForAsync();
        await open.PictureAsync("profile-diff-table");

        await page.Locator(".table-results tbody a").First.ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex($"from={Traces[1]}&to={Traces[0]}&tab=flame&view=sandwich&fn="));
        await Expect(page.Locator(".flame-view")).ToContainTextAsync("Callers and callees of");
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task Page_OfTwoKinds_SaysWhyNot()
    {
        var alloc = browser.Portal.Silo.World.Captures().First(capture => capture is { Kind: CaptureKind.Alloc, State: CaptureState.Ready }).CaptureId;
        await using var open = await browser.OpenAsync($"/profiles/diff?from={alloc}&to={Traces[0]}");

        await Expect(open.Page.Locator("main")).ToContainTextAsync("CPU samples and allocated bytes cannot be compared");
    }
}
