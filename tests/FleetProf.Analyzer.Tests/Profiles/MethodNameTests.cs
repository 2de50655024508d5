using FleetProf.Analyzer.Profiles;

namespace FleetProf.Analyzer.Tests.Profiles;

public sealed class MethodNameTests
{
    [Theory]
    [InlineData("Shop.Cart", "Total", "Shop.Cart.Total")]
    [InlineData("Shop.Cart", ".ctor", "Shop.Cart.ctor")]
    [InlineData("Shop.Cart+Line", "get_Price", "Shop.Cart.Line.get_Price")]
    [InlineData("Shop.Cart+<PayAsync>d__5", "MoveNext", "Shop.Cart.PayAsync.MoveNext")]
    [InlineData("Shop.Cart+<>c", "<Pay>b__3_0", "Shop.Cart.Pay.lambda")]
    [InlineData("Shop.Cart+<>c__DisplayClass3_0", "<Pay>b__0", "Shop.Cart.Pay.lambda")]
    [InlineData("Shop.Cart+<>c__DisplayClass3_0+<<Pay>b__0>d", "MoveNext", "Shop.Cart.Pay.lambda.MoveNext")]
    [InlineData("Program", "<<Main>$>g__Sum|0_1", "Program.Main.Sum")]
    [InlineData("Program", "<Main>$", "Program.Main")]
    [InlineData("System.Collections.Generic.Dictionary`2[System.__Canon,System.Int32]", "Resize", "System.Collections.Generic.Dictionary<__Canon, System.Int32>.Resize")]
    [InlineData("System.Collections.Generic.List`1[System.Byte[]]", "Add", "System.Collections.Generic.List<System.Byte[]>.Add")]
    [InlineData("dynamicClass", "IL_STUB_PInvoke", "IL_STUB_PInvoke")]
    [InlineData("", "naked", "naked")]
    public void Readable_GivenACompiledName_IsWhatWasWritten(string type, string method, string expected) => Assert.Equal(expected, MethodName.Readable(type, method));

    [Theory]
    [InlineData(1_000)]
    [InlineData(30_000)]
    public void Readable_GivenDeeplyNestedNonsense_ReturnsItUnchanged(int depth)
    {
        var nonsense = new string('<', depth) + "x" + new string('>', depth);

        Assert.EndsWith(nonsense, MethodName.Readable("T", nonsense), StringComparison.Ordinal);
    }
}
