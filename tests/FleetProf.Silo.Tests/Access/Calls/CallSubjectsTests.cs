using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Storage;
using Orleans.Serialization.Invocation;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>Which services a call is about, by what it names.</summary>
public sealed class CallSubjectsTests : IDisposable
{
    private static readonly CallRule Cite = CallRules.Find(typeof(IStorageGrain).GetMethod(nameof(IStorageGrain.CiteAsync))!)!;
    private static readonly Grants Limited = new() { Role = Role.Operator, Services = ["checkout"] };

    private readonly TemporaryCatalog catalog = new();

    [Theory]
    [InlineData("own", true)]
    [InlineData("own,unknown", true)]
    [InlineData("own,foreign", false)]
    [InlineData("foreign", false)]
    [InlineData("own,own,foreign", false)]
    [InlineData("", true)]
    public async Task OfAsync_ListOfCaptures_IsTheCallersOnlyWhenAllOfThemAre(string ids, bool isCovered)
    {
        var call = Call(nameof(IStorageGrain.CiteAsync), ids.Split(',', StringSplitOptions.RemoveEmptyEntries), "diff");

        var subject = await (await SubjectsAsync()).OfAsync(call, Cite);

        Assert.Equal(isCovered, subject.Services.All(Limited.Covers));
        Assert.True(subject.IsHidden);
        if (!isCovered)
        {
            Assert.True(CallSubjects.Misdirect(call, Cite));
            Assert.Empty((IReadOnlyList<string>)call.Request.GetArgument(0)!);
        }
    }

    [Fact]
    public async Task OfAsync_Pin_NamesTheCaptureItsServiceAndTheReason()
    {
        var rule = CallRules.Find(typeof(IStorageGrain).GetMethod(nameof(IStorageGrain.PinAsync))!)!;

        var subject = await (await SubjectsAsync()).OfAsync(Call(nameof(IStorageGrain.PinAsync), "foreign", "ann", "incident 12"), rule);

        Assert.Equal(("foreign", "payroll", "incident 12", Permission.None), (subject.Target, Assert.Single(subject.Services), subject.Reason, subject.Needs));
    }

    [Theory]
    [InlineData("original.nettrace", Permission.DownloadRaw)]
    [InlineData("original.pb.gz", Permission.DownloadRaw)]
    [InlineData("heap.gcdump", Permission.DownloadRaw)]
    [InlineData("heap.graph", Permission.DownloadRaw)]
    [InlineData("heap.tree", Permission.None)]
    [InlineData("cpu.flame.json", Permission.None)]
    public async Task OfAsync_File_NeedsMoreWhereItIsAsItWasRecorded(string file, Permission needs)
    {
        var method = typeof(ICaptureQueryGrain).GetMethod(nameof(ICaptureQueryGrain.GetFileAsync))!;

        var subject = await (await SubjectsAsync()).OfAsync(Call(method, "own", file), CallRules.Find(method)!);

        Assert.Equal(needs, subject.Needs);
    }

    public void Dispose() => catalog.Dispose();

    private async Task<CallSubjects> SubjectsAsync()
    {
        Capture[] captures =
        [
            new() { CaptureId = "own", CampaignId = "k", InstanceId = "i", Service = "checkout", Kind = CaptureKind.Trace },
            new() { CaptureId = "foreign", CampaignId = "k", InstanceId = "i", Service = "payroll", Kind = CaptureKind.Trace },
        ];
        await catalog.Database.WriteAsync((connection, transaction) => CaptureTable.Upsert(connection, transaction, captures, 1));
        return new CallSubjects(Fake.Of<IGrainFactory>(), new CaptureTable(catalog.Database));
    }

    private static IIncomingGrainCallContext Call(string method, params object?[] arguments) => Call(typeof(IStorageGrain).GetMethod(method)!, arguments);

    private static IIncomingGrainCallContext Call(System.Reflection.MethodInfo method, params object?[] arguments)
    {
        var request = Fake.Of<IInvokable>(
            (nameof(IInvokable.GetArgumentCount), _ => arguments.Length),
            (nameof(IInvokable.GetArgument), args => arguments[(int)args[0]!]),
            (nameof(IInvokable.SetArgument), args => arguments[(int)args[0]!] = args[1]));
        return Fake.Of<IIncomingGrainCallContext>(
            ("get_TargetId", _ => GrainId.Create("storage", "0")), ("get_Request", _ => request), ("get_InterfaceMethod", _ => method));
    }
}
