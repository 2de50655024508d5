using FleetProf.Analysis.Comparisons.Experiments;

namespace FleetProf.Analysis.Tests.Comparisons.Experiments;

public sealed class ChangedSettingTests
{
    [Theory]
    [InlineData("F00000", true)]
    [InlineData("0xf00000", true)]
    [InlineData("00F00000", true)]
    [InlineData("1000000", false)]
    [InlineData("large", false)]
    public void Variable_HoweverWritten_IsComparedAsANumber(string written, bool expected) =>
        Assert.Equal(expected, ChangedSetting.IsIn(new Dictionary<string, string> { ["DOTNET_GCgen0size"] = written }, "DOTNET_GCgen0size", "F00000"));

    [Fact]
    public void Setting_ThatIsNotSet_IsNotChanged()
    {
        Assert.False(ChangedSetting.IsIn(new Dictionary<string, string>(), "DOTNET_GCgen0size", "F00000"));
        Assert.False(ChangedSetting.IsIn(new Dictionary<string, string>(), "System.GC.Server", "true"));
        Assert.True(ChangedSetting.IsIn(new Dictionary<string, string> { ["System.GC.Server"] = "True" }, "System.GC.Server", "true"));
    }
}
