namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>Finds what two snapshots have under one key, and tells types of one name apart by their assemblies where that can be done.</summary>
internal static class Namesakes
{
    /// <param name="before">Rows by key.</param>
    /// <param name="after">Rows by key.</param>
    /// <param name="moduleBefore">Assembly of an earlier row; empty when unknown.</param>
    /// <param name="moduleAfter">Assembly of a later row; empty when unknown.</param>
    /// <returns>Every row once, beside those of the other snapshot that are the same. Module: what tells them from others of their key; null where the key alone does.</returns>
    public static IEnumerable<(string? Module, T[] Before, T[] After)> Pair<T>(
        ILookup<string, T> before, ILookup<string, T> after, Func<T, string> moduleBefore, Func<T, string> moduleAfter) =>
        before.Concat(after).Select(rows => rows.Key).Distinct(StringComparer.Ordinal).SelectMany(key => OfOneKey<T>([.. before[key]], [.. after[key]], moduleBefore, moduleAfter));

    // Rows that share key and module are one: nothing else says which is which.
    private static IEnumerable<(string? Module, T[] Before, T[] After)> OfOneKey<T>(T[] before, T[] after, Func<T, string> moduleBefore, Func<T, string> moduleAfter)
    {
        var modules = before.Length > 1 || after.Length > 1 ? ModulesThatTell([.. before.Select(moduleBefore)], [.. after.Select(moduleAfter)]) : [];
        return modules.Count <= 1
            ? [(null, before, after)]
            : modules.Select(module => ((string?)module, Array.FindAll(before, row => moduleBefore(row) == module), Array.FindAll(after, row => moduleAfter(row) == module)));
    }

    // A module is a simple name, the same in every build. Where none is on both sides it is unknown on one, or another build has moved
    // the type to another assembly, as the runtime does with its own: then the name alone decides.
    private static List<string> ModulesThatTell(List<string> before, List<string> after) =>
        before.Count > 0 && after.Count > 0 && !before.Intersect(after).Any() ? [] : [.. before.Union(after)];
}
