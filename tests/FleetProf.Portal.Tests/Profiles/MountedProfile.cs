using System.Text.Json;
using FleetProf.Portal.Profiles;
using Microsoft.Playwright;

namespace FleetProf.Portal.Tests.Profiles;

/// <summary>Shows made-up flame files at the end of a page, for kinds of captures that the fake fleet does not have.</summary>
internal static class MountedProfile
{
    /// <summary>Finds the element.</summary>
    public const string Host = "#mounted";

    /// <param name="page">Any page of the portal.</param>
    /// <param name="module">Path of the script that shows them.</param>
    /// <param name="files">
    /// A script's expression for the files by address, "/before" and "/after": `file(unit, stacks, more)` makes one of stacks over the names all, a, b, c and the type
    /// System.String, numbered from 0; `more` replaces members of it.
    /// </param>
    /// <param name="isSnapshot">They are of one moment each.</param>
    public static async Task ShowAsync(IPage page, string module, string files, bool isSnapshot = false)
    {
        var options = new ProfileDiffOptions("/before", 0, 0, "samples/s", isSnapshot, isSnapshot ? MethodDiffTable.Amounts : MethodDiffTable.Shares);
        var script = $$"""
            async ({ module, options }) => {
              {{FlameFile.OfStacks}}
              const file = (unit, stacks, more = {}) => {
                const made = fileOf(stacks, ["all", "a", "b", "c", "System.String"]);
                return { ...made, modules: ["m", "[type]"], module: made.name.map((name) => (name === 4 ? 1 : 0)), unit, sampleCount: made.totals[0], lostEvents: 0, droppedNodes: 0, ...more };
              };
              const files = {{files}};
              const fetchElse = globalThis.fetch;
              globalThis.fetch = (address, ...more) => (address in files ? Promise.resolve(new Response(JSON.stringify(files[address]))) : fetchElse(address, ...more));
              const host = document.createElement("div");
              host.id = "mounted";
              document.body.append(host);
              const { mount } = await import(module);
              mount(host, "/after", JSON.parse(options));
            }
            """;
        await page.EvaluateAsync(script, new { module, options = JsonSerializer.Serialize(options, JsonSerializerOptions.Web) });
    }
}
