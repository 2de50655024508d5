using FleetProf.Contracts.Captures;
using FleetProf.Portal.Allocations;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Heaps;
using FleetProf.Portal.Profiles;

namespace FleetProf.Portal.Tests.Captures;

/// <summary>What pages offer for profiles of a Go program.</summary>
public sealed class GoCaptureTests
{
    [Theory]
    [InlineData(CaptureKind.Trace, "cpu", "flame top downloads")]
    [InlineData(CaptureKind.Goroutines, "goroutine", "flame top downloads")]
    [InlineData(CaptureKind.Alloc, "alloc", "flame top downloads")]
    [InlineData(CaptureKind.Gcdump, "inuse", "flame top downloads")]
    public void Tabs_OfAGoProfile_AreThoseOfItsFiles(CaptureKind kind, string prefix, string tabs)
    {
        var files = new[] { "original.pb.gz", $"{prefix}.flame.json", $"{prefix}.top.json", $"{prefix}.csv" }.Select(name => new CaptureFile { Name = name, ContentType = "", SizeBytes = 1 }).ToList();

        Assert.Equal(tabs, string.Join(' ', CaptureTab.Of(kind, files).Select(tab => tab.Key)));
    }

    [Theory]
    [InlineData(CaptureKind.Trace, "Speedscope:cpu.speedscope.json Pprof:cpu.pb.gz Collapsed:cpu.collapsed.txt Csv:cpu.csv")]
    [InlineData(CaptureKind.Alloc, "Speedscope:alloc.speedscope.json Pprof:alloc.pb.gz Collapsed:alloc.collapsed.txt Csv:alloc.functions.csv")]
    [InlineData(CaptureKind.Gcdump, "Speedscope:inuse.speedscope.json Pprof:inuse.pb.gz Collapsed:inuse.collapsed.txt Csv:inuse.functions.csv")]
    [InlineData(CaptureKind.Goroutines, "Speedscope:goroutine.speedscope.json Pprof:goroutine.pb.gz Collapsed:goroutine.collapsed.txt Csv:goroutine.csv")]
    public void Formats_OfAGoProfile_AreItsOwn(CaptureKind kind, string expected)
    {
        var capture = Go(kind);

        Assert.Equal(expected.Split(' ').Order(), CaptureFileNames.FormatsOf(capture).Select(format => $"{format}:{CaptureFileNames.Of(format, capture)}").Order());
    }

    [Fact]
    public void Pairs_OfTwoRuntimes_AreRefused()
    {
        Assert.Contains("one runtime", DualPair.WhyNot(Go(CaptureKind.Alloc), DotNet(CaptureKind.Gcdump)), StringComparison.Ordinal);
        Assert.Contains("one runtime", DualPair.WhyNot(DotNet(CaptureKind.Alloc), Go(CaptureKind.Gcdump)), StringComparison.Ordinal);
        Assert.Contains("one runtime", ProfilePair.WhyNot(Go(CaptureKind.Trace), DotNet(CaptureKind.Trace)), StringComparison.Ordinal);
        Assert.Null(DualPair.WhyNot(Go(CaptureKind.Alloc), Go(CaptureKind.Gcdump)));
        Assert.Null(ProfilePair.WhyNot(Go(CaptureKind.Trace), Go(CaptureKind.Trace)));
        Assert.Null(ProfilePair.WhyNot(Go(CaptureKind.Goroutines), Go(CaptureKind.Goroutines)));
    }

    [Fact]
    public void Pairs_OfGoHeaps_AreComparedAsProfilesAndNotAsGraphs()
    {
        Assert.Null(ProfilePair.WhyNot(Go(CaptureKind.Gcdump), Go(CaptureKind.Gcdump)));
        Assert.Contains("difference of two profiles", HeapPair.WhyNot(Go(CaptureKind.Gcdump), Go(CaptureKind.Gcdump)), StringComparison.Ordinal);
        Assert.NotNull(ProfilePair.WhyNot(DotNet(CaptureKind.Gcdump), DotNet(CaptureKind.Gcdump)));
        Assert.Null(HeapPair.WhyNot(DotNet(CaptureKind.Gcdump), DotNet(CaptureKind.Gcdump)));
    }

    [Fact]
    public void Dual_OfAnAllocationProfileSinceTheStart_HasNoRate() =>
        Assert.Contains("no rate", DualPair.WhyNot(Go(CaptureKind.Alloc) with { Summary = new() { Runtime = "Go" } }, Go(CaptureKind.Gcdump)), StringComparison.Ordinal);

    [Fact]
    public void Dual_OfAnAllocationProfileWithoutASample_IsRefused() =>
        Assert.Contains("no collection completed", DualPair.WhyNot(Go(CaptureKind.Alloc) with { Summary = new() { DurationMs = 2000, Runtime = "Go" } }, Go(CaptureKind.Gcdump)), StringComparison.Ordinal);

    [Fact]
    public void Dual_OfADotNetCaptureWithoutASample_IsRefused()
    {
        var empty = DotNet(CaptureKind.Alloc);

        Assert.Contains("holds no sample", DualPair.WhyNot(empty, DotNet(CaptureKind.Gcdump)), StringComparison.Ordinal);
        Assert.Null(DualPair.WhyNot(empty with { Summary = new() { DurationMs = 2000, AllocSampleCount = 1 } }, DotNet(CaptureKind.Gcdump)));
    }

    [Fact]
    public void Partner_OfAGoProfile_IsOneOfGo()
    {
        var go = Go(CaptureKind.Gcdump);

        Assert.Equal(go, DualPair.PartnerOf(Go(CaptureKind.Alloc), [DotNet(CaptureKind.Gcdump), go]));
    }

    private static Capture DotNet(CaptureKind kind) => new()
    {
        CaptureId = Guid.NewGuid().ToString("N"), CampaignId = "c", InstanceId = "i", Service = "orders", Kind = kind, State = CaptureState.Ready, Summary = new() { DurationMs = 2000 },
    };

    private static Capture Go(CaptureKind kind) => DotNet(kind) with { Summary = new() { DurationMs = 2000, Runtime = "Go", AllocSampleCount = kind == CaptureKind.Alloc ? 40 : 0 } };
}
