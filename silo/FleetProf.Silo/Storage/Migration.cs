using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Silo.Storage;

/// <summary>One numbered step of the schema: "NNNN-name.sql". Once released, a step is never edited; a new one follows.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    private const string Folder = "FleetProf.Silo.Storage.Migrations.";

    /// <summary>Of the text with LF line ends, so that a checkout with other line ends is the same step. Lower-case hex.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The steps that are built into this silo, in order.</summary>
    public static IReadOnlyList<Migration> LoadEmbedded()
    {
        var assembly = typeof(Migration).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => Load(assembly, name))
            .OrderBy(migration => migration.Number)];
    }

    private static Migration Load(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var name = Path.GetFileNameWithoutExtension(resource[Folder.Length..]);
        return new Migration(int.Parse(name.Split('-')[0], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
