using System.Runtime.CompilerServices;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Contracts.Tests.Payloads;

/// <summary>The bytes of every record that crosses a process.</summary>
public sealed class PayloadTests : IDisposable
{
    private readonly PayloadBook book = new(typeof(Instance).Assembly, Folder());

    public static TheoryData<string> Aliases => [.. PayloadBook.AliasesOf(typeof(Instance).Assembly)];

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Payload_OfEveryRecord_HasTheRecordedBytes(string alias) => book.VerifyNewest(alias);

    [Theory]
    [MemberData(nameof(Aliases))]
    public void RecordedBytes_OfEveryGeneration_AreStillRead(string alias) => book.VerifyAllReadable(alias);

    [Fact]
    public void RecordedBytes_OfTypesThatAreGone_DoNotLinger() => book.VerifyNoneLingers();

    [Fact]
    public void Records_Always_HaveAliasesAndNumberedMembers() => book.VerifyShape();

    [Fact]
    public void Numbers_OfMembersAndEnums_StandForWhatTheyStoodFor() => book.VerifyNames();

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    public void Dispose() => book.Dispose();
}
