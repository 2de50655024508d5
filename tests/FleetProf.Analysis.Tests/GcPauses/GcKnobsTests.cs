using System.Text;
using System.Text.RegularExpressions;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class GcKnobsTests
{
    /// <summary>The runtime that runs this test says itself which names it looks up.</summary>
    [Fact]
    public void Known_OfThisRuntime_AreTheNamesInItsLibrary()
    {
        var library = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libcoreclr.so");
        var names = Regex.Matches(Encoding.Latin1.GetString(File.ReadAllBytes(library)), @"System\.GC\.[A-Za-z0-9]+\0").Select(match => match.Value.TrimEnd('\0')).ToHashSet();

        Assert.Equal(names.Order(StringComparer.Ordinal), GcKnobs.Known.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("System.GC.Server", false, null)]
    [InlineData("DOTNET_gcServer", false, null)]
    [InlineData("System.GC.Gen0Size", true, "the variable DOTNET_GCgen0size (hexadecimal), or System.GC.Gen0MaxBudget")]
    [InlineData("System.GC.concurrent", true, "System.GC.Concurrent")]
    [InlineData("System.GC.RetainVm", true, "System.GC.RetainVM")]
    [InlineData("System.GC.HeapHardLimits", true, "System.GC.HeapHardLimit")]
    [InlineData("System.GC.SomethingElseAltogether", true, null)]
    public void Name_IsJudgedAndCorrected(string name, bool isIgnored, string? nearest)
    {
        Assert.Equal(isIgnored, GcKnobs.IsIgnored(name));
        Assert.Equal(nearest, GcKnobs.Nearest(name));
    }

    [Fact]
    public void Drift_OfAService_NamesWhoDiffersAndWhatIsIgnored()
    {
        var drifts = KnobDrift.Of(new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["a"] = new Dictionary<string, string> { ["System.GC.Server"] = "true", ["System.GC.Gen0Size"] = "1000", ["runtime"] = ".NET 10" },
            ["b"] = new Dictionary<string, string> { ["System.GC.Server"] = "true", ["System.GC.Gen0Size"] = "1000", ["runtime"] = ".NET 10" },
            ["c"] = new Dictionary<string, string> { ["System.GC.Gen0Size"] = "1000", ["runtime"] = ".NET 10" },
        });

        Assert.Equal([("System.GC.Server", true, false), ("System.GC.Gen0Size", false, true), ("runtime", false, false)], drifts.Select(drift => (drift.Name, drift.IsDrifting, drift.IsIgnored)));
        Assert.Equal([("true", "a b"), ("", "c")], drifts[0].Instances.Select(value => (value.Key, string.Join(' ', value.Value))));
    }
}
