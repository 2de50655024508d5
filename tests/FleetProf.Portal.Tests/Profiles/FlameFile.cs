namespace FleetProf.Portal.Tests.Profiles;

/// <summary>Flame files for scripts of tests.</summary>
internal static class FlameFile
{
    /// <summary>
    /// Declares `fileOf(stacks, names, ms)`: the flame file of stacks, each a list of places in the names with a weight, merged the slow and obvious way. With
    /// the lengths of slices of the time, each stack has the slice in which it came behind its weight.
    /// </summary>
    public const string OfStacks = """
        const fileOf = (stacks, names, ms) => {
          const nodeOf = (name) => ({ name, total: 0, self: 0, slices: new Map(), children: new Map() });
          const root = nodeOf(0);
          for (const [stack, weight, slice] of stacks) {
            let at = root;
            at.total += weight;
            for (const name of stack) {
              if (!at.children.has(name)) at.children.set(name, nodeOf(name));
              at = at.children.get(name);
              at.total += weight;
            }
            at.self += weight;
            if (ms) at.slices.set(slice, (at.slices.get(slice) ?? 0) + weight);
          }
          const file = { names, modules: ["m"], name: [], module: [], level: [], totals: [], self: [] };
          if (ms) file.slices = { ms, node: [], slice: [], self: [] };
          const write = (node, level) => {
            for (const [slice, self] of node.slices) file.slices.node.push(file.name.length), file.slices.slice.push(slice), file.slices.self.push(self);
            file.name.push(node.name); file.module.push(0); file.level.push(level); file.totals.push(node.total); file.self.push(node.self);
            [...node.children.values()].sort((x, y) => y.total - x.total).forEach((child) => write(child, level + 1));
          };
          write(root, 0);
          return file;
        };
        """;
}
