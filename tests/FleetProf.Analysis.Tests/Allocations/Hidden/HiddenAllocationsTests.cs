using System.Text.Json;
using FleetProf.Analysis.Allocations;
using FleetProf.Analysis.Allocations.Hidden;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Tests.Allocations.Hidden;

/// <summary>Stacks as recordings of .NET 10 show them; frames leaf first, user code is in the assembly "Shop".</summary>
public sealed class HiddenAllocationsTests
{
    private const string Cart = "Shop.Cart.Add";

    private readonly Profile _profile = new(new Measure("alloc_space", "bytes"));
    private readonly ValueTypeNames _values = new();
    private readonly StateMachineNames _machines = new();
    private readonly HiddenAllocations _hidden;

    public HiddenAllocationsTests()
    {
        _values.AddSignature("instance void  (value class Shop.Money,class Shop.Order,valuetype Color&)");
        _hidden = new HiddenAllocations(_profile, AllocationSource.Sampled, _values, _machines);
    }

    [Theory]
    [InlineData("System.Int32", "H01", Cart)]
    [InlineData("System.Guid", "H01", Cart)]
    [InlineData("System.Collections.Generic.KeyValuePair`2[System.String,System.Int32]", "H01", Cart)]
    [InlineData("Shop.Money", "H01", Cart)]
    [InlineData("Color", "H01", "System.Enum.ToString", Cart)]
    [InlineData("<>c__DisplayClass3_0", "H02", Cart)]
    [InlineData("System.Func`2[System.Int32,System.Boolean]", "H03", Cart)]
    [InlineData("System.Object[]", "H04", "System.String.Format", Cart)]
    [InlineData("<Lines>d__5", "H05", Cart)]
    [InlineData("AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Cart+<AddAsync>d__0]", "H06", "System.Runtime.CompilerServices.AsyncTaskMethodBuilder<System.Threading.Tasks.VoidTaskResult>.GetStateMachineBox", "Shop.Cart.Add.MoveNext")]
    [InlineData("System.Threading.Tasks.Task`1[System.Int64]", "H06", "Shop.Cart.Add.MoveNext")]
    [InlineData("Enumerator[System.Int32]", "H07", "System.Collections.Generic.List<System.Int32>.System.Collections.Generic.IEnumerable<T>.GetEnumerator", Cart)]
    [InlineData("Enumerator[System.Int32]", "H07", Cart)]
    [InlineData("System.String", "H08", "System.String.Concat", Cart)]
    [InlineData("System.String", "H08", "System.String.Ctor", "System.Text.StringBuilder.ToString", Cart)]
    [InlineData("System.String", "H09", "System.String.SplitInternal", "System.String.Split", Cart)]
    [InlineData("System.String[]", "H09", "System.String.SplitInternal", Cart)]
    [InlineData("System.Reflection.PropertyInfo[]", "H10", "System.RuntimeType.ListBuilder<__Canon>.Add", "System.RuntimeType.GetProperties", Cart)]
    [InlineData("System.Int32", "H10", "InvokeStub_Cart.Total", "System.Reflection.MethodBaseInvoker.InvokeWithFewArgs", Cart)]
    [InlineData("System.Int64[]", "H11", "System.Collections.Generic.List<System.Int64>.set_Capacity", "System.Collections.Generic.List<System.Int64>.AddWithResize", Cart)]
    [InlineData("Entry[System.Int32,System.Int64][]", "H12", "System.Collections.Generic.Dictionary<System.Int32, System.Int64>.Resize", Cart)]
    [InlineData("System.Int32[]", "H12", "System.Collections.Generic.Dictionary<__Canon, __Canon>.Initialize", "System.Collections.Generic.Dictionary<__Canon, __Canon>.TryInsert", Cart)]
    [InlineData("System.Char[]", "H13", "System.Text.StringBuilder.ExpandByABlock", "System.Text.StringBuilder.Append", Cart)]
    [InlineData("System.Byte[]", "H14", "System.IO.MemoryStream.set_Capacity", "System.IO.MemoryStream.Write", Cart)]
    [InlineData("OrderedIterator`2[System.Int32,System.Int32]", "H15", Cart)]
    [InlineData("Shop.Order[]", "H15", "System.Linq.Enumerable.ToArray", Cart)]
    [InlineData("Shop.CartFullException", "H16", Cart)]
    [InlineData("System.SByte[]", "H16", "System.Runtime.EH.DispatchEx", Cart)]
    [InlineData("System.Threading.TimerQueueTimer", "H18", "System.Threading.CancellationTokenSource.InitializeWithTimer", Cart)]
    [InlineData("System.String", "H19", "System.String.Concat", "System.Text.Json.JsonSerializer.Serialize", Cart)]
    [InlineData("System.Reflection.RuntimeMethodInfo", "H19", "System.RuntimeType.GetMethods", "Microsoft.Extensions.DependencyInjection.ServiceProvider.GetService", Cart)]
    [InlineData("AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Cart+<>c__DisplayClass2_0+<<Add>b__0>d]", "H20", "Shop.Cart.Add.lambda.MoveNext")]
    public void Claim_OfAKnownPattern_HasItsClassAndTheUsersMethod(string type, string code, params string[] frames)
    {
        Add(type, frames);

        var row = Assert.Single(_hidden.Rows());
        Assert.Equal((code, Cart, "Shop"), (HiddenAllocationAdvice.Of(row.Class).Code, row.UserMethod, row.Module));
        Assert.NotEmpty(row.Evidence);
    }

    [Theory]
    [InlineData("Shop.Order", Cart)]
    [InlineData("System.Object[]", Cart)]
    [InlineData("System.Char[]", Cart)]
    [InlineData("System.Int32[]", Cart)]
    [InlineData("System.Double[,]", Cart)]
    [InlineData("<>c", Cart)]
    [InlineData("System.Text.StringBuilder", Cart)]
    [InlineData("System.Collections.Generic.List`1[System.Int64]", Cart)]
    [InlineData("System.Int64[]", "System.Collections.Generic.List<System.Int64>.ctor", Cart)]
    [InlineData("Entry[System.Int32,System.Int64][]", Cart)]
    [InlineData("Entry[System.Int32,System.Int64][]", "System.Collections.Generic.Dictionary<System.Int32, System.Int64>.Initialize", "System.Collections.Generic.Dictionary<System.Int32, System.Int64>.ctor", Cart)]
    [InlineData("System.String", "System.IO.StreamReader.ReadLine", Cart)]
    [InlineData("System.String", "System.String.Ctor", "System.IO.StreamReader.ReadLine", Cart)]
    [InlineData("<>c__DisplayClass3_0", "System.Threading.Tasks.Task.Delay", Cart)]
    [InlineData("System.Action", "System.Threading.CancellationToken.Register", Cart)]
    [InlineData("System.Threading.Tasks.Task`1[System.Int64][]", "Shop.Cart.Add.MoveNext")]
    [InlineData("System.Threading.Tasks.TaskCompletionSource[]", Cart)]
    [InlineData("System.Threading.CancellationTokenSource[]", Cart)]
    [InlineData("Shop.OrderedRowIterator`1[Shop.Row]", Cart)]
    public void Claim_OfWhatSourceCodeSays_IsNotMade(string type, params string[] frames)
    {
        Add(type, frames);

        Assert.Empty(_hidden.Rows());
    }

    [Theory]
    [InlineData("System.String", "System.String.Concat", "System.Threading.ThreadPoolWorkQueue.Dispatch")]
    [InlineData("System.String", "System.String.Concat", "System.Diagnostics.Tracing.ManifestBuilder.EndEvent", "System.Diagnostics.Tracing.EventPipeEventProvider.Callback")]
    [InlineData("System.Int32")]
    public void Claim_WithoutAUsersMethod_IsNotMade(string type, params string[] frames)
    {
        Add(type, frames);

        Assert.Empty(_hidden.Rows());
        Assert.True(_hidden.TotalBytes > 0);
    }

    [Fact]
    public void Claim_OfAFrameworkAlone_NamesItAndNoUser()
    {
        Add("System.Byte[]", ["Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpParser.Parse", "System.Threading.ThreadPoolWorkQueue.Dispatch"]);

        var row = Assert.Single(_hidden.Rows());
        Assert.Equal((HiddenAllocationClass.Framework, "ASP.NET Core", ""), (row.Class, row.Detail, row.UserMethod));
    }

    [Fact]
    public void Claim_OfAnArrayBesideBoxes_IsTheParamsArray()
    {
        Add("System.Object[]", [Cart]);
        Add("System.Int32", [Cart]);

        Assert.Equal([HiddenAllocationClass.Boxing, HiddenAllocationClass.ParamsArray], _hidden.Rows().Select(row => row.Class).Order());
    }

    [Fact]
    public void Claim_OfAnOwnClassNamedEntryBesideGrowth_IsNotMade()
    {
        Add("Entry[System.Int32,System.Int64][]", ["System.Collections.Generic.Dictionary<System.Int32, System.Int64>.Resize", Cart]);
        Add("Entry[System.String,System.Int64][]", [Cart]);
        Add("Entry", [Cart]);
        Add("Entry[]", [Cart]);

        Assert.Equal(["Entry[System.Int32,System.Int64][]", "Entry[System.String,System.Int64][]"], _hidden.Rows().Select(row => row.Type).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("<AddAsync>d__5", HiddenAllocationClass.AsyncMachine)]
    [InlineData("<FillAsync>d__6`1[Shop.Order]", HiddenAllocationClass.AsyncMachine)]
    [InlineData("<<Add>b__0>d", HiddenAllocationClass.AsyncMachine)]
    [InlineData("<Lines>d__7", HiddenAllocationClass.Iterator)]
    [InlineData("<LinesAsync>d__8", HiddenAllocationClass.Iterator)]
    [InlineData("<Twice>d__9", HiddenAllocationClass.Iterator)]
    [InlineData("<Unseen>d__10", HiddenAllocationClass.Iterator)]
    public void Claim_OfAnAsyncMachineThatIsAClass_IsNoIterator(string type, HiddenAllocationClass hidden)
    {
        const string Nothing = "instance void  ()", IsMore = "instance bool  ()";
        _machines.AddMethod("Shop.Cart+<AddAsync>d__5", "MoveNext", Nothing);
        _machines.AddMethod("Shop.Cart`1+<FillAsync>d__6`1[System.__Canon,Shop.Cart+<Lines>d__7]", "MoveNext", Nothing);
        _machines.AddMethod("Shop.Cart+<>c__DisplayClass2_0+<<Add>b__0>d", "MoveNext", Nothing);
        _machines.AddMethod("Shop.Cart+<Lines>d__7", "MoveNext", IsMore);
        _machines.AddMethod("Shop.Cart+<LinesAsync>d__8", "MoveNext", Nothing);
        _machines.AddMethod("Shop.Cart+<LinesAsync>d__8", "System.Collections.Generic.IAsyncEnumerator<Shop.Line>.MoveNextAsync", "instance value class System.Threading.Tasks.ValueTask`1<bool>  ()");
        _machines.AddMethod("Shop.Cart+<Twice>d__9", "MoveNext", Nothing);
        _machines.AddMethod("Shop.Order+<Twice>d__9", "MoveNext", IsMore);

        Add(type, [Cart]);

        Assert.Equal(hidden, Assert.Single(_hidden.Rows()).Class);
    }

    [Fact]
    public void Claim_OfADelegate_SaysWhetherItCaptures()
    {
        Add("System.Action", [Cart]);
        Add("<>c__DisplayClass3_0", [Cart]);
        Add("System.Action", ["Shop.Order.Pay"]);

        var details = _hidden.Rows().Where(row => row.Class == HiddenAllocationClass.Delegate).ToDictionary(row => row.UserMethod, row => row.Detail);
        Assert.Equal("capturing lambda", details[Cart]);
        Assert.Equal("method group", details["Shop.Order.Pay"]);
    }

    [Fact]
    public void Claim_OfTheClosureOfAnAsyncLambda_IsTheLambdas()
    {
        Add("<>c__DisplayClass2_0", [Cart]);
        Add("<>c__DisplayClass3_0", [Cart]);
        Add("AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Cart+<>c__DisplayClass2_0+<<Add>b__0>d]", [Cart + ".lambda.MoveNext"]);

        Assert.Equal(
            [("<>c__DisplayClass3_0", HiddenAllocationClass.Closure), ("<>c__DisplayClass2_0", HiddenAllocationClass.AsyncClosure)],
            _hidden.Rows().Where(row => row.Type.StartsWith("<>c", StringComparison.Ordinal)).Select(row => (row.Type, row.Class)).OrderBy(row => row.Class));
    }

    [Fact]
    public void Claim_OfALargeArray_IsMadeOnlyWhenNothingElseExplainsIt()
    {
        Add("System.Byte[]", [Cart], isLarge: true);
        Add("System.Byte[]", ["System.IO.MemoryStream.set_Capacity", "System.IO.MemoryStream.Write", "Shop.Order.Pay"], isLarge: true);

        Assert.Equal(["Shop.Cart.Add H17", "Shop.Order.Pay H14"], _hidden.Rows().Select(row => $"{row.UserMethod} {HiddenAllocationAdvice.Of(row.Class).Code}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rows_OfOneMethodAndType_AreOneRowWithTheirSum()
    {
        Add("System.String", ["System.String.Concat", Cart], bytes: 300);
        Add("System.String", ["System.Text.StringBuilder.ToString", Cart], bytes: 500);
        Add("Shop.Order", [Cart], bytes: 200);

        var row = Assert.Single(_hidden.Rows());
        Assert.Equal((800, 2, 0.8), (row.Bytes, row.Samples, row.Share));
        Assert.Equal("System.Text.StringBuilder.ToString", row.Evidence);
    }

    [Fact]
    public void Cold_OfARecording_IsDecidedByItsUserSamples()
    {
        Add("System.Int32", [Cart], isCold: true);
        for (var i = 0; i < 4; i++)
        {
            Add("System.Int32", ["Shop.Order.Pay"]);
        }

        Assert.False(_hidden.IsCold);
        Add("System.Int32", [Cart], isCold: true);
        Assert.True(_hidden.IsCold);
        Assert.Equal([Cart], _hidden.Rows().Where(row => row.IsCold).Select(row => row.UserMethod));
    }

    [Fact]
    public void DebugBuild_OfARecording_IsToldApartFromCold()
    {
        Add("System.Int32", [Cart], isOfDebugBuild: true);
        using var stream = new MemoryStream();

        HiddenAllocationFile.WriteJson(_hidden, TimeSpan.FromSeconds(1), stream);

        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal((true, 1.0, false), (json.GetProperty("isDebugBuild").GetBoolean(), json.GetProperty("debugShare").GetDouble(), json.GetProperty("isCold").GetBoolean()));
        Assert.Equal("debug build, few samples", json.GetProperty("rows")[0].GetProperty("note").GetString());
    }

    [Fact]
    public void Json_OfTicks_ClaimsNoErrorAndNoCount()
    {
        var ticks = new HiddenAllocations(_profile, AllocationSource.Tick, _values, _machines);
        ticks.Add(new SampledAllocation { Type = "System.Int32", Stack = Stack([Cart]), Bytes = 100_000, Objects = 0, Samples = 1 });
        using var stream = new MemoryStream();

        HiddenAllocationFile.WriteJson(ticks, TimeSpan.FromSeconds(1), stream);

        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.True(json.GetProperty("isBiased").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rows")[0].GetProperty("relativeError").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rows")[0].GetProperty("objects").ValueKind);
        Assert.Equal("H01", json.GetProperty("advice")[0].GetProperty("id").GetString());
    }

    [Fact]
    public void Advice_OfEveryClass_IsWholeAndItsCodeIsItsNumber() => Assert.All(
        Enum.GetValues<HiddenAllocationClass>().Where(hidden => hidden != HiddenAllocationClass.Unclassified),
        hidden =>
        {
            var advice = HiddenAllocationAdvice.Of(hidden);
            Assert.Equal($"H{(int)hidden:00}", advice.Code);
            Assert.All((string[])[advice.Title, advice.What, advice.InSource, advice.Mend], Assert.NotEmpty);
        });

    private void Add(string type, string[] frames, double bytes = 100, bool isLarge = false, bool isCold = false, bool isOfDebugBuild = false) =>
        _hidden.Add(new SampledAllocation { Type = type, Stack = Stack(frames), Bytes = bytes, Objects = 1, Samples = 1, IsLarge = isLarge, IsCold = isCold, IsOfDebugBuild = isOfDebugBuild });

    private int Stack(string[] leafFirst)
    {
        var stack = StackTable.Root;
        foreach (var name in leafFirst.Reverse())
        {
            var module = name.StartsWith("Shop.", StringComparison.Ordinal) ? "Shop" : name.StartsWith("InvokeStub", StringComparison.Ordinal) ? "[dynamic]"
                : name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) ? "Microsoft.AspNetCore.Server.Kestrel.Core" : "System.Private.CoreLib";
            stack = _profile.Stacks.Push(stack, _profile.Frames.Intern(new Frame(name, module)));
        }

        return stack;
    }
}
