using FleetProf.Analyzer.Profiles.Pprof;

namespace FleetProf.Analyzer.Tests.Profiles.Pprof;

public sealed class PprofPlacesTests
{
    /// <summary>What the linker escapes in a symbol's name an escape report has in its plain form.</summary>
    [Theory]
    [InlineData("gopkg.in/yaml%2ev3.(*Decoder).Decode", "gopkg.in/yaml.v3")]
    [InlineData("gopkg.in/yaml%2ev3.Unmarshal[go.shape.int]", "gopkg.in/yaml.v3")]
    [InlineData("example.com/stra%c3%9fe.Walk", "example.com/straße")]
    public void PackageOf_PathWithADotInItsLastPart_IsTheImportPath(string function, string package) => Assert.Equal(package, PprofPlaces.PackageOf(function));

    [Theory]
    [InlineData("encoding/json.(*Decoder).Decode", "encoding/json")]
    [InlineData("main.Map[gopkg.in/yaml.v3.Node]", "main")]
    [InlineData("example.com/a.b/c.F", "example.com/a.b/c")]
    [InlineData("memmove", "")]
    public void PackageOf_OtherNames_IsWhatStandsBeforeTheFunction(string function, string package) => Assert.Equal(package, PprofPlaces.PackageOf(function));
}
