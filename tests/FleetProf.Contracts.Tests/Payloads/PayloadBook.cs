using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FleetProf.TestKit.Goldens;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FleetProf.Contracts.Tests.Payloads;

/// <summary>
/// The recorded bytes of an assembly's serialised types. ALIAS.N.hex in the folder is generation N of a type: the newest must equal what is
/// written now, and every older one must still be readable. After a release a type only grows by a new file; before, accepting rewrites the newest.
/// </summary>
internal sealed class PayloadBook : IDisposable
{
    private readonly string folder;
    private readonly ServiceProvider services;
    private readonly Dictionary<string, Type> types;

    /// <param name="assembly">Holds the types.</param>
    /// <param name="folder">Of the recordings, as it lies in the sources.</param>
    public PayloadBook(Assembly assembly, string folder)
    {
        this.folder = folder;
        types = TypesOf(assembly).ToDictionary(AliasOf, StringComparer.Ordinal);
        services = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(assembly)).BuildServiceProvider();
    }

    private Serializer Serializer => services.GetRequiredService<Serializer>();

    public static IReadOnlyList<string> AliasesOf(Assembly assembly) => [.. TypesOf(assembly).Select(AliasOf).Order(StringComparer.Ordinal)];

    public void VerifyNewest(string alias)
    {
        var hex = Convert.ToHexStringLower(Serializer.SerializeToArray<object>(Sample.Of(types[alias])));
        var newest = Generations(alias) is [.., var last] ? last : Path.Combine(folder, $"{alias}.1.hex");
        Golden.VerifyFile(string.Join('\n', hex.Chunk(96).Select(line => new string(line))), newest);
    }

    /// <summary>Every member is what was written, or untouched where the generation did not have it yet.</summary>
    public void VerifyAllReadable(string alias)
    {
        var type = types[alias];
        var (sample, empty) = (Sample.Of(type), Sample.Empty(type));
        Assert.NotEmpty(Generations(alias));
        Assert.All(Generations(alias), generation =>
        {
            var read = Serializer.Deserialize<object>(Convert.FromHexString(File.ReadAllText(generation).ReplaceLineEndings("")));
            Assert.IsType(type, read);
            Assert.Contains(Sample.MembersOf(type), member => Json(member, read) == Json(member, sample));
            Assert.All(Sample.MembersOf(type), member => Assert.True(
                Json(member, read) == Json(member, sample) || Json(member, read) == Json(member, empty),
                $"{Path.GetFileName(generation)}: {member.Name} was read as {Json(member, read)}."));
        });
    }

    public void VerifyNoneLingers() => Assert.All(
        Directory.GetFiles(folder, "*.hex").Select(path => string.Join('.', Path.GetFileName(path).Split('.')[..^2])),
        alias => Assert.Contains(alias, types.Keys));

    /// <summary>Aliases of our own, ids that are used once, and no settable member that would be left out.</summary>
    public void VerifyShape() => Assert.All(types, entry =>
    {
        Assert.StartsWith("fleetprof.", entry.Key, StringComparison.Ordinal);
        var ids = Sample.MembersOf(entry.Value).Select(Sample.IdOf).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(entry.Value.GetProperties().Where(property => property.SetMethod is not null), property => Assert.NotNull(property.GetCustomAttribute<IdAttribute>()));
    });

    /// <summary>
    /// Which number stands for which member, and for which word of an enum. The bytes cannot tell: of two members of one type whose numbers are exchanged they
    /// are the same. A line that changes or goes, other than by a new member at its end, breaks who reads what was written before.
    /// </summary>
    public void VerifyNames()
    {
        var members = types.SelectMany(type => Sample.MembersOf(type.Value).Select(member => (Alias: type.Key, Id: Sample.IdOf(member), member.Name, Type: member.PropertyType))).ToList();
        var enums = members.SelectMany(member => EnumsIn(member.Type)).Distinct().OrderBy(type => type.FullName, StringComparer.Ordinal);
        Golden.VerifyFile(
            string.Join('\n', [
                .. members.OrderBy(member => member.Alias, StringComparer.Ordinal).ThenBy(member => member.Id).Select(member => $"{member.Alias} {member.Id} {member.Name} {member.Type}"),
                .. enums.SelectMany(type => Enum.GetNames(type).Select(name => $"{type.FullName} {name}={Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"))]),
            Path.Combine(folder, "members.txt"));
    }

    public void Dispose() => services.Dispose();

    private IReadOnlyList<string> Generations(string alias) =>
        [.. Directory.GetFiles(folder, $"{alias}.*.hex").OrderBy(path => int.Parse(path.Split('.')[^2], CultureInfo.InvariantCulture))];

    private static IEnumerable<Type> TypesOf(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && !type.IsEnum);

    private static IEnumerable<Type> EnumsIn(Type type) => type.IsEnum ? [type] : type.IsArray ? EnumsIn(type.GetElementType()!) : type.GetGenericArguments().SelectMany(EnumsIn);

    private static string AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName!;

    private static string Json(PropertyInfo member, object of) => JsonSerializer.Serialize(member.GetValue(of));
}
