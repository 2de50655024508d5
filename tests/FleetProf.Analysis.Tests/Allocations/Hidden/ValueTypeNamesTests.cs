using FleetProf.Analysis.Allocations.Hidden;

namespace FleetProf.Analysis.Tests.Allocations.Hidden;

public sealed class ValueTypeNamesTests
{
    [Theory]
    [InlineData("System.Int32", true)]
    [InlineData("System.DateTimeOffset", true)]
    [InlineData("System.ValueTuple`2[System.Int32,System.String]", true)]
    [InlineData("System.String", false)]
    [InlineData("System.Int32[]", false)]
    [InlineData("System.Int32[,]", false)]
    [InlineData("System.Int32[][,,]", false)]
    [InlineData("System.Int32[*]", false)]
    [InlineData("System.NoSuchType", false)]
    [InlineData("System.Int32, Evil.Assembly", false)]
    [InlineData("Shop.Money", false)]
    public void IsValueType_WithoutSignatures_KnowsTheBaseLibraryOnly(string type, bool expected) => Assert.Equal(expected, new ValueTypeNames().IsValueType(type));

    [Fact]
    public void IsValueType_OfTypesInSignatures_IsWhatTheySay()
    {
        var names = new ValueTypeNames();
        names.AddSignature("instance value class Shop.Money  (class Shop.Order,value class Shop.Pair`2<int32,value class Color>,valuetype Shop.Cart+Line&)");

        Assert.All(["Shop.Money", "Shop.Pair`2[System.Int32,Color]", "Color", "Line"], type => Assert.True(names.IsValueType(type), type));
        Assert.All(["Shop.Order", "Shop.Money[]", "int32"], type => Assert.False(names.IsValueType(type), type));
    }

    [Fact]
    public void IsValueType_OfANameThatIsAlsoAClass_IsNotClaimed()
    {
        // Nested types come without their outer type: two of them may share a name.
        var names = new ValueTypeNames();
        names.AddSignature("void  (value class State)");
        names.AddSignature("void  (class State)");

        Assert.False(names.IsValueType("State"));
    }
}
