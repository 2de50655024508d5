using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class TypeShapeTests
{
    [Theory]
    [InlineData("System.Collections.Generic.Dictionary`2[System.String,Shop.Cart]", "System.Private.CoreLib", "System.Collections.Generic.Dictionary", false, true)]
    [InlineData("System.Collections.Generic.Dictionary<System.String,Shop.Cart>", "", "System.Collections.Generic.Dictionary", false, true)]
    [InlineData("Entry[System.Int32,Shop.Cart][]", "System.Private.CoreLib", "Entry", true, true)]
    [InlineData("Shop.Cart", "Shop", "Shop.Cart", false, false)]
    [InlineData("Shop.Cart[]", "Shop", "Shop.Cart", true, true)]
    [InlineData("Shop.Cart[,]", "Shop", "Shop.Cart", true, true)]
    [InlineData("<>c__DisplayClass9_0[System.Int32]", "Shop", "<>c__DisplayClass9_0", false, true)]
    [InlineData("System.Byte[]", "System.Private.CoreLib", "System.Byte", true, false)]
    [InlineData("System.String", "System.Private.CoreLib", "System.String", false, false)]
    [InlineData("System.String[]", "System.Private.CoreLib", "System.String", true, true)]
    [InlineData("System.Action", "System.Private.CoreLib", "System.Action", false, true)]
    [InlineData("Microsoft.AspNetCore.Http.HttpContext", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Http.HttpContext", false, false)]
    [InlineData("<", "", "<", false, false)]
    [InlineData("]", "", "]", false, false)]
    public void Of_AName_FindsItsParts(string name, string module, string stem, bool isArray, bool isPlumbing)
    {
        var shape = TypeShape.Of(new HeapType(name, module));

        Assert.Equal((stem, isArray, isPlumbing), (shape.Stem, shape.IsArray, shape.IsPlumbing));
    }

    [Theory]
    [InlineData("Shop", "Shop.Cart", true)]
    [InlineData("Shop", "Shop.Cart[]", false)]
    [InlineData("Shop", "<>c__DisplayClass3_0", false)]
    [InlineData("", "Shop.Cart", true)]
    [InlineData("", "System.Object", false)]
    [InlineData("System.Text.Json", "CacheEntry", false)]
    public void IsApplication_OfATypeOfTheProgram_IsTrueForItAlone(string module, string name, bool expected) =>
        Assert.Equal(expected, TypeShape.Of(new HeapType(name, module)).IsApplication);
}
