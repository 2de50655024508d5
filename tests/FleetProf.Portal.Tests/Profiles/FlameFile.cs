namespace FleetProf.Portal.Tests.Profiles;

/// <summary>Flame files for scripts of tests.</summary>
internal static class FlameFile
{
    /// <summary>Declares `fileOf(stacks, names)`: the flame file of stacks, each a list of places in the names with a weight, merged the slow and obvious way.</summary>
    public const string OfStacks = """
        const fileOf = (stacks, names) => {
          const root = { name: 0, total: 0, self: 0, children: new Map() };
          for (const [stack, weight] of stacks) {
            let at = root;
            at.total += weight;
            for (const name of stack) {
              if (!at.children.has(name)) at.children.set(name, { name, total: 0, self: 0, children: new Map() });
              at = at.children.get(name);
              at.total += weight;
            }
            at.self += weight;
          }
          const file = { names, modules: ["m"], name: [], module: [], level: [], totals: [], self: [] };
          const write = (node, level) => {
            file.name.push(node.name); file.module.push(0); file.level.push(level); file.totals.push(node.total); file.self.push(node.self);
            [...node.children.values()].sort((x, y) => y.total - x.total).forEach((child) => write(child, level + 1));
          };
          write(root, 0);
          return file;
        };
        """;
}
