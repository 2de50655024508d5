using System.Runtime.CompilerServices;
using FleetProf.Contracts.Tests.Payloads;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Tests.Storage.Payloads;

/// <summary>The bytes of every state that grains store: they outlive the version that wrote them.</summary>
public sealed class StoredPayloadTests : IDisposable
{
    private readonly PayloadBook book = new(typeof(CatalogDatabase).Assembly, Folder());

    public static TheoryData<string> Aliases => [.. PayloadBook.AliasesOf(typeof(CatalogDatabase).Assembly)];

    [Theory]
    [MemberData(nameof(Aliases))]
    public void State_OfEveryGrain_HasTheRecordedBytes(string alias) => book.VerifyNewest(alias);

    [Theory]
    [MemberData(nameof(Aliases))]
    public void RecordedBytes_OfEveryGeneration_AreStillRead(string alias) => book.VerifyAllReadable(alias);

    [Fact]
    public void RecordedBytes_OfTypesThatAreGone_DoNotLinger() => book.VerifyNoneLingers();

    [Fact]
    public void States_Always_HaveAliasesAndNumberedMembers() => book.VerifyShape();

    [Fact]
    public void Numbers_OfMembersAndEnums_StandForWhatTheyStoodFor() => book.VerifyNames();

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    public void Dispose() => book.Dispose();
}
