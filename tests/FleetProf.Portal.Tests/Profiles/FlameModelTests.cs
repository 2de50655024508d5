using FleetProf.Portal.Tests.Browser;

namespace FleetProf.Portal.Tests.Profiles;

/// <summary>Derived trees against their definitions, computed here in the slow and obvious way over random stacks.</summary>
[Collection<BrowserCollection>]
public sealed class FlameModelTests(BrowserFixture browser)
{
    private const string Script = $$"""
        async () => {
          const { treeOf, inverted, sandwich, focused, search } = await import("/js/flame-model.js");
          {{FlameFile.OfStacks}}
          let seed = 7;
          const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
          const failures = [];
          for (let round = 0; round < 60; round++) {
            const names = ["all", "a", "b", "c", "d"];
            const stacks = Array.from({ length: 1 + random(40) }, () => [Array.from({ length: 1 + random(7) }, () => 1 + random(4)), 1 + random(9)]);
            const tree = treeOf(fileOf(stacks, names));
            // Of evidence that is the total itself, every view has its own totals.
            Object.assign(tree, { evidence: Float64Array.from(tree.total), width: 1 });
            const expect = (what, actual, wanted) => { if (actual !== wanted) failures.push(`round ${round} ${what}: ${actual} instead of ${wanted}`); };
            const total = (test) => stacks.filter(([stack]) => test(stack)).reduce((sum, [, weight]) => sum + weight, 0);
            for (let node = 0; node < tree.count; node++) {
              const children = [...tree.children(node)].reduce((sum, child) => sum + tree.total[child], 0);
              expect("total", tree.total[node], children + tree.self[node]);
              if (tree.total[node] > 0) expect("at", tree.at(tree.level[node], tree.start[node]), node);
            }
            const expectEvidence = (what, view) => { for (let node = 0; node < (view?.count ?? 0); node++) expect(`evidence of ${what}`, view.evidenceOf(node)[0], view.total[node]); };
            for (let node = 0; node < tree.count; node++) expect("own evidence", tree.ownEvidenceOf(node)[0], tree.self[node]);
            const upside = inverted(tree);
            expectEvidence("inverted", upside);
            for (const node of upside.children(0)) expect(`inverted ${upside.nameOf(node)}`, upside.total[node], total((stack) => stack.at(-1) === upside.name[node]));
            for (let name = 1; name < 5; name++) {
              const has = total((stack) => stack.includes(name));
              const both = sandwich(tree, names[name]);
              expect(`sandwich ${names[name]}`, both?.callees.total[0] ?? 0, has);
              expect(`callers ${names[name]}`, both?.callers.total[0] ?? 0, has);
              expect(`focused ${names[name]}`, focused(tree, names[name])?.total[0] ?? 0, has);
              expect(`search ${names[name]}`, search(tree, `^${names[name]}$`).share, has / tree.total[0]);
              expectEvidence("callers", both?.callers);
              expectEvidence("callees", both?.callees);
              expectEvidence("focused", focused(tree, names[name]));
              if (!both) continue;
              for (const node of both.callers.children(0)) expect(`caller of ${names[name]}`, both.callers.total[node], total((stack) => stack.includes(name) && stack[stack.indexOf(name) - 1] === both.callers.name[node]));
            }
          }
          return failures;
        }
        """;

    [Fact]
    public async Task Trees_DerivedFromRandomStacks_AgreeWithTheStacks()
    {
        await using var open = await browser.OpenAsync("/captures");

        Assert.Empty(await open.Page.EvaluateAsync<string[]>(Script));
    }

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("[0,2]", "[9,5]")]
    [InlineData("[0,1,0]", "[9,5,4]")]
    [InlineData("[0,1]", "[9]")]
    public async Task File_Damaged_IsRefusedInWords(string level, string totals)
    {
        await using var open = await browser.OpenAsync("/captures");
        var script = $$"""
            async () => {
              const { treeOf } = await import("/js/flame-model.js");
              const level = {{level}};
              const zeros = level.map(() => 0);
              try { treeOf({ names: ["all"], modules: [""], name: zeros, module: zeros, level, totals: {{totals}}, self: zeros }); return "accepted"; } catch (failure) { return failure.message; }
            }
            """;

        Assert.StartsWith("The flame file is damaged", await open.Page.EvaluateAsync<string>(script), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tree_VeryDeep_OverflowsNothing()
    {
        await using var open = await browser.OpenAsync("/captures");
        const string script = """
            async () => {
              const { treeOf, inverted, sandwich } = await import("/js/flame-model.js");
              const depth = 60000;
              const level = Array.from({ length: depth }, (_, i) => i);
              const tree = treeOf({ names: ["all", "f", "leaf"], modules: [""], name: level.map((i) => (i === 0 ? 0 : i === depth - 1 ? 2 : 1)), module: level.map(() => 0), level, totals: level.map(() => 3), self: level.map((i) => (i === depth - 1 ? 3 : 0)) });
              return [inverted(tree).depth, sandwich(tree, "f").callees.depth];
            }
            """;

        var depths = await open.Page.EvaluateAsync<int[]>(script);
        Assert.Equal([60_000, 59_999], depths);
    }
}
