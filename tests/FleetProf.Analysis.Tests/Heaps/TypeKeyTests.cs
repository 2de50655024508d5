using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class TypeKeyTests
{
    [Theory]
    [InlineData("<>c__DisplayClass4_0", "<>c__DisplayClass")]
    [InlineData("<>c__4<System.Int32>", "<>c__<System.Int32>")]
    [InlineData("<>f__AnonymousType3<System.Int32,System.String>", "<>f__AnonymousType<System.Int32,System.String>")]
    [InlineData("AsyncStateMachineBox<System.Threading.Tasks.VoidTaskResult,Shop.Desk+<PlaceAsync>d__4>", "AsyncStateMachineBox<System.Threading.Tasks.VoidTaskResult,Shop.Desk+<PlaceAsync>d__>")]
    [InlineData("Shop.Desk+<<RunAsync>b__4_0>d", "Shop.Desk+<<RunAsync>b__>d")]
    [InlineData("Shop.Desk+<<RunAsync>g__Retry2|4_1>d__7", "Shop.Desk+<<RunAsync>g__Retry2|>d__")]
    public void Of_ANameWithNumbersOfTheCompiler_LeavesThemOut(string name, string expected) => Assert.Equal(expected, TypeKey.Of(name));

    [Theory]
    [InlineData("Shop.Cart2__4")]
    [InlineData("Shop.d__4")]
    [InlineData("System.Collections.Generic.List<Shop.Cart2>")]
    [InlineData("<>c")]
    [InlineData("<>y__InlineArray4<System.Int32>")] // its length, not its place in the source
    [InlineData("")]
    public void Of_ANameThatAPersonWrote_IsTheName(string name) => Assert.Equal(name, TypeKey.Of(name));
}
