using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FleetProf.Contracts.Fleet;
using FleetProf.TestKit.Goldens;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FleetProf.Contracts.Tests.Payloads;

/// <summary>
/// The bytes of every record that is stored or sent. ALIAS.N.hex is generation N of a type: the newest must equal what is written now,
/// and every older one must still be readable. After a release a type only grows by adding a file; before, accepting rewrites the newest.
/// </summary>
public sealed class PayloadTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(Instance).Assembly)).BuildServiceProvider();

    private Serializer Serializer => services.GetRequiredService<Serializer>();

    public static TheoryData<string> Aliases => [.. PayloadTypes().Select(AliasOf).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Serialize_OfEveryPayload_WritesTheRecordedBytes(string alias)
    {
        var bytes = Serializer.SerializeToArray<object>(Sample.Of(TypeOf(alias)));

        Golden.Verify(Lines(Convert.ToHexStringLower(bytes)), Generations(alias) is [.., var newest] ? Path.GetFileName(newest) : $"{alias}.1.hex");
    }

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Deserialize_OfEveryRecordedGeneration_KeepsItsMembers(string alias)
    {
        var type = TypeOf(alias);
        var sample = Sample.Of(type);
        Assert.NotEmpty(Generations(alias));
        foreach (var generation in Generations(alias))
        {
            var read = Serializer.Deserialize<object>(Convert.FromHexString(File.ReadAllText(generation).ReplaceLineEndings("")));

            Assert.IsType(type, read);
            var kept = Sample.MembersOf(type).Count(member => Json(member.GetValue(read)) == Json(member.GetValue(sample)));
            var added = Sample.MembersOf(type).Count(member => Json(member.GetValue(read)) == Json(member.GetValue(Activator.CreateInstance(type)!)));
            Assert.True(kept > 0 && kept + added >= Sample.MembersOf(type).Count, $"{generation}: a member was read as something else than it was written.");
        }
    }

    [Fact]
    public void RecordedBytes_OfTypesThatAreGone_DoNotLinger()
    {
        var known = PayloadTypes().Select(AliasOf).ToHashSet(StringComparer.Ordinal);
        var recorded = Directory.GetFiles(Folder(), "*.hex").Select(path => Path.GetFileName(path).Split('.')).Select(parts => string.Join('.', parts[..^2]));

        Assert.All(recorded, alias => Assert.Contains(alias, known));
    }

    [Fact]
    public void Payloads_Always_HaveAliasesOfTheirOwnAndNumberedMembers()
    {
        Assert.All(PayloadTypes(), type => Assert.StartsWith("fleetprof.", AliasOf(type), StringComparison.Ordinal));
        Assert.Equal(PayloadTypes().Count, PayloadTypes().Select(AliasOf).Distinct().Count());
        Assert.All(PayloadTypes(), type =>
        {
            var ids = Sample.MembersOf(type).Select(Sample.IdOf).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            Assert.All(type.GetProperties().Where(property => property.SetMethod is not null), property => Assert.NotNull(property.GetCustomAttribute<IdAttribute>()));
        });
    }

    private static IReadOnlyList<Type> PayloadTypes() =>
        [.. typeof(Instance).Assembly.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && !type.IsEnum)];

    private static string AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName!;

    private static Type TypeOf(string alias) => PayloadTypes().Single(type => AliasOf(type) == alias);

    private static IReadOnlyList<string> Generations(string alias) =>
        [.. Directory.GetFiles(Folder(), $"{alias}.*.hex").OrderBy(path => int.Parse(path.Split('.')[^2], System.Globalization.CultureInfo.InvariantCulture))];

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static string Lines(string hex) => string.Join('\n', hex.Chunk(96).Select(line => new string(line)));

    private static string Json(object? value) => JsonSerializer.Serialize(value);

    public void Dispose() => services.Dispose();
}
