using System.Diagnostics;
using FleetProf.Agent.Budgets;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Budgets;

public sealed class LocalPolicyTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("fleetprof-policy-").FullName;
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);

    private string PolicyFile => Path.Combine(path, "policy.json");

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Fact]
    public void Policy_BuiltIn_AllowsEveryKind() =>
        Assert.All(Enum.GetValues<CaptureKind>().Skip(1), kind => Assert.Null(new LocalPolicy().Refuse(kind, "checkout", "i")));

    [Fact]
    public void Kind_NotAllowed_IsRefusedWithRuleAndFile()
    {
        var policy = Write("""{ "allowedKinds": ["gc", "trace"] }""");
        Assert.Null(policy.Refuse(CaptureKind.Trace, "checkout", "i"));
        var refusal = policy.Refuse(CaptureKind.Gcdump, "checkout", "i");
        Assert.Contains("allowedKinds", refusal, StringComparison.Ordinal);
        Assert.Contains(PolicyFile, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("payments", true)]
    [InlineData("PAYMENTS", true)]
    [InlineData("bank-transfers", true)]
    [InlineData("payments2", false)]
    [InlineData("checkout", false)]
    public void Service_Denied_IsRefused(string service, bool isDenied)
    {
        var policy = Write("""{ "denyServices": ["payments", "bank-*"] } // nobody looks into money""");
        Assert.Equal(isDenied, policy.DenialOf(service) is not null);
        Assert.Equal(isDenied, policy.Refuse(CaptureKind.Trace, service, "i") is not null);
    }

    [Fact]
    public void Rate_OverOneHour_CountsStartedOnesAlsoAfterARestart()
    {
        using var state = new StateFolder(Path.Combine(path, "state"));
        var policy = Write("""{ "maxCapturesPerHour": 2 }""", state);
        Assert.Null(policy.Refuse(CaptureKind.Trace, "a", "1"));
        Assert.Null(policy.Refuse(CaptureKind.Trace, "a", "1"));
        policy.Started(CaptureKind.Trace, "a", "1");
        time.Advance(TimeSpan.FromMinutes(30));
        policy.Started(CaptureKind.Gc, "b", "2");
        policy = Open(state);
        Assert.Contains("maxCapturesPerHour", policy.Refuse(CaptureKind.Trace, "c", "3"), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.Null(policy.Refuse(CaptureKind.Trace, "c", "3"));
    }

    [Fact]
    public void Rate_ClockSetBack_IsNotLifted()
    {
        using var state = new StateFolder(Path.Combine(path, "state"));
        Write("""{ "maxCapturesPerHour": 1 }""", state).Started(CaptureKind.Trace, "a", "1");
        var earlier = new LocalPolicy(PolicyFile, state, new FakeTimeProvider(time.GetUtcNow().AddDays(-1)), NullLogger<LocalPolicy>.Instance);
        Assert.NotNull(earlier.Refuse(CaptureKind.Trace, "a", "1"));
    }

    /// <summary>A host that booted with its clock a day ahead.</summary>
    [Fact]
    public void Rates_ClockSetBack_HoldForTheirTimeAndNoLonger()
    {
        using var state = new StateFolder(Path.Combine(path, "state"));
        var ahead = Write("""{ "maxCapturesPerHour": 1, "pauseTriggerCooldownSeconds": 300, "gcdumpCooldownSeconds": 3600 }""", state);
        ahead.Started(CaptureKind.Gcdump, "a", "1");
        ahead.Fired(CaptureKind.Gc, "a", "1");
        var clock = new FakeTimeProvider(time.GetUtcNow().AddDays(-1));
        var right = new LocalPolicy(PolicyFile, state, clock, NullLogger<LocalPolicy>.Instance);
        var order = new StartCapture { Kind = CaptureKind.Gc, InstanceId = "1", WhenPauseOverMs = 50, ArmedSeconds = 60 };
        Assert.NotNull(right.Refuse(CaptureKind.Gcdump, "a", "1"));
        Assert.NotNull(right.RestOf(order, "a"));

        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Null(right.Refuse(CaptureKind.Gcdump, "a", "1"));
        Assert.Null(right.RestOf(order, "a"));
    }

    [Fact]
    public void Snapshot_AfterAnother_WaitsForTheCooldownOfItsOwnProcessOnly()
    {
        using var state = new StateFolder(Path.Combine(path, "state"));
        Write("""{ "gcdumpCooldownSeconds": 3600 }""", state).Started(CaptureKind.Gcdump, "a", "1");
        var policy = Open(state);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Contains("in 60 s", policy.Refuse(CaptureKind.Gcdump, "a", "1"), StringComparison.Ordinal);
        Assert.Null(policy.Refuse(CaptureKind.Gcdump, "a", "2"));
        Assert.Null(policy.Refuse(CaptureKind.Trace, "a", "1"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(policy.Refuse(CaptureKind.Gcdump, "a", "1"));
    }

    [Fact]
    public void Order_LongerOrLargerThanAllowed_IsRefused()
    {
        var policy = Write("""{ "maxDurationSeconds": 60, "maxBytes": 1000 }""");
        Assert.Null(policy.Refuse(new StartCapture { Kind = CaptureKind.Trace, DurationSeconds = 60, MaxBytes = 1000 }, "a"));
        Assert.Contains("maxDurationSeconds", policy.Refuse(new StartCapture { Kind = CaptureKind.Trace, DurationSeconds = 61 }, "a"), StringComparison.Ordinal);
        Assert.Contains("maxBytes", policy.Refuse(new StartCapture { Kind = CaptureKind.Trace, MaxBytes = 1001 }, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Stall_LongerThanAllowed_IsRefusedWithTheAgentsOwnEstimate()
    {
        var policy = Write("""{ "maxStallSeconds": 5 }""");
        Assert.Contains("maxStallSeconds is 5, and by the most careful estimate a snapshot of a heap of 4000 MB stops the process for 72.0 s", policy.RefuseStall(4_000_000_000, "a"), StringComparison.Ordinal);
        Assert.Null(policy.RefuseStall(250_000_000, "a"));
        File.WriteAllText(PolicyFile, "{ nonsense");
        Assert.Contains("cannot be used", policy.RefuseStall(250_000_000, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Wait_ForAPauseAfterOneCame_RestsForTheCooldownOfItsServiceAlsoAfterARestart()
    {
        using var state = new StateFolder(Path.Combine(path, "state"));
        var order = new StartCapture { Kind = CaptureKind.Gc, InstanceId = "1", WhenPauseOverMs = 50, ArmedSeconds = 600 };
        var policy = Write("""{ "pauseTriggerCooldownSeconds": 3600, "maxCapturesPerHour": 1 }""", state);
        Assert.Null(policy.RestOf(order, "a"));
        policy.Fired(CaptureKind.Gc, "a", "1");
        policy = Open(state);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Contains("in 60 s", policy.RestOf(order, "a"), StringComparison.Ordinal);
        Assert.Null(policy.Refuse(order, "a"));
        Assert.Null(policy.RestOf(order, "b"));
        Assert.Null(policy.RestOf(new StartCapture(order) { WhenPauseOverMs = 0 }, "a"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(policy.RestOf(order, "a"));
    }

    [Theory]
    [InlineData("""{ "maxArmedSeconds": 60 }""", 60, false)]
    [InlineData("""{ "maxArmedSeconds": 60 }""", 61, true)]
    [InlineData("""{ "maxArmedSeconds": 0 }""", 1, true)]
    public void Wait_LongerThanAllowed_IsRefused(string rules, int seconds, bool isRefused)
    {
        var refusal = Write(rules).Refuse(new StartCapture { Kind = CaptureKind.Gc, WhenPauseOverMs = 50, ArmedSeconds = (uint)seconds }, "a");
        Assert.Equal(isRefused, refusal?.Contains("maxArmedSeconds", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("{ \"allowedKinds\": [\"gcdmup\"] }", "gcdmup")]
    [InlineData("{ \"denyService\": [\"payments\"] }", "denyService")]
    [InlineData("{ \"maxCapturesPerHour\": -1, \"maxBytes\": 0 }", "maxBytes")]
    [InlineData("{ \"maxCapturesPerHour\": \"10\" }", "maxCapturesPerHour")]
    [InlineData("{ \"maxStallSeconds\": 0 }", "maxStallSeconds")]
    [InlineData("{ \"denyServices\": null }", "null")]
    [InlineData("{ \"denyServices\": [\"payments\" }", "LineNumber")]
    [InlineData("{ \"goPrograms\": [{ \"program\": \"orders\", \"pprofPort\": 6060 }] }", "no absolute path")]
    [InlineData("{ \"goPrograms\": [{ \"program\": \"/srv/orders\" }] }", "or both")]
    [InlineData("{ \"goPrograms\": [{ \"program\": \"/srv/orders\", \"gctraceLog\": \"x.log\" }] }", "gctraceLog")]
    [InlineData("{ \"goPrograms\": [{ \"program\": \"/srv/orders\", \"pprofPort\": 70000 }] }", "65535")]
    [InlineData("{ \"goPrograms\": [{ \"program\": \"/srv/orders\", \"pprofHost\": \"10.0.0.1\" }] }", "pprofHost")]
    [InlineData("{ \"goPrograms\": [null] }", "null")]
    [InlineData("{ \"goPrograms\": null }", "null")]
    [InlineData("null", "null")]
    [InlineData("", "JSON")]
    public void File_Broken_RefusesEverythingAndSaysWhy(string content, string why)
    {
        var policy = Write(content);
        Assert.Contains(why, policy.Refuse(CaptureKind.Gc, "checkout", "i"), StringComparison.Ordinal);
        Assert.Contains(PolicyFile, policy.DenialOf("checkout"), StringComparison.Ordinal);
    }

    [Fact]
    public void GoPrograms_OfTheFile_AreThoseAndNoneWhileItIsBroken()
    {
        Assert.Empty(new LocalPolicy().GoPrograms);
        var policy = Write("""{ "goPrograms": [{ "program": "/srv/orders", "service": "orders", "gctraceLog": "/var/log/orders.err" }] }""");
        Assert.Equal([new GoProgramRule { Program = "/srv/orders", Service = "orders", GctraceLog = "/var/log/orders.err" }], policy.GoPrograms);
        File.WriteAllText(PolicyFile, "{ nonsense");
        policy.Refresh();
        Assert.Empty(policy.GoPrograms);
    }

    [Fact]
    public void File_Missing_RefusesEverything() =>
        Assert.Contains("does not exist", Open(null).Refuse(CaptureKind.Gc, "checkout", "i"), StringComparison.Ordinal);

    [Fact]
    public void File_WritableByEverybody_RefusesEverything()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are a matter of Unix.");
        var policy = Write("{}");
        Assert.Null(policy.Refuse(CaptureKind.Gc, "checkout", "i"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PolicyFile, (UnixFileMode)0b110_110_110);
        Assert.Contains("chmod", policy.Refuse(CaptureKind.Gc, "checkout", "i"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public void File_WritableByItsGroup_RefusesEverythingUnlessThatIsRoots(string group, bool isRefused)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root gives its files to other groups.");
        var policy = Write("{}");
        RunTool("chgrp", group, PolicyFile);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PolicyFile, (UnixFileMode)0b110_110_100);
        Assert.Equal(isRefused, policy.Refuse(CaptureKind.Gc, "checkout", "i")?.Contains("chmod g-w", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void File_Changed_IsReadAnewAndACorrectedOneCounts()
    {
        var policy = Write("""{ "denyServices": ["a"] }""");
        Assert.NotNull(policy.DenialOf("a"));
        File.WriteAllText(PolicyFile, "{ nonsense");
        Assert.NotNull(policy.Refuse(CaptureKind.Gc, "b", "i"));
        File.WriteAllText(PolicyFile, "{}");
        Assert.True(policy.Refresh());
        Assert.False(policy.Refresh());
        Assert.Null(policy.DenialOf("a"));
    }

    [Fact]
    public void File_ChangedAndSeenByAQuestionFirst_IsStillNewsToTheNextLook()
    {
        var policy = Write("{}");
        Assert.False(policy.Refresh());
        File.WriteAllText(PolicyFile, """{ "denyServices": ["a"] }""");
        Assert.NotNull(policy.Forbid(CaptureKind.Gc, "a"));
        Assert.True(policy.Refresh());
        Assert.False(policy.Refresh());
    }

    [Fact]
    public void File_BehindALinkThatIsLedToAnotherFolder_IsReadAnew()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links are swapped like this on Unix.");
        Publish("..1", """{ "denyServices": ["a"] }""");
        File.CreateSymbolicLink(PolicyFile, Path.Combine("..data", "policy.json"));
        var policy = Open(null);
        Assert.NotNull(policy.DenialOf("a"));
        Assert.Null(policy.DenialOf("b"));

        Publish("..2", """{ "denyServices": ["b"] }""");
        Assert.True(policy.Refresh());
        Assert.Null(policy.DenialOf("a"));
        Assert.NotNull(policy.DenialOf("b"));
    }

    [Fact]
    public void File_ChangedWithinTheSameTimeAndLength_IsReadAnew()
    {
        var written = time.GetUtcNow().UtcDateTime;
        var policy = Write("""{ "denyServices": ["a"] }""");
        File.SetLastWriteTimeUtc(PolicyFile, written);
        policy.Refresh();
        File.WriteAllText(PolicyFile, """{ "denyServices": ["b"] }""");
        File.SetLastWriteTimeUtc(PolicyFile, written);

        Assert.NotNull(policy.Refuse(CaptureKind.Gc, "b", "i"));
        Assert.Null(policy.DenialOf("a"));
    }

    [Fact]
    public void Forbid_AnAcceptedCapture_IsTheFilesWordOfNowWithoutRatesAndRests()
    {
        using var state = new StateFolder(Path.Combine(path, "state"));
        var policy = Write("""{ "maxCapturesPerHour": 1 }""", state);
        policy.Started(CaptureKind.Gcdump, "a", "1");
        Assert.NotNull(policy.Refuse(CaptureKind.Gcdump, "a", "1"));
        Assert.Null(policy.Forbid(CaptureKind.Gcdump, "a"));

        File.WriteAllText(PolicyFile, """{ "allowedKinds": ["gc"] }""");
        Assert.Contains("allowedKinds", policy.Forbid(CaptureKind.Gcdump, "a"), StringComparison.Ordinal);
        Assert.Null(policy.Forbid(CaptureKind.Gc, "a"));
        File.WriteAllText(PolicyFile, """{ "denyServices": ["a"] }""");
        Assert.Contains("denyServices", policy.Forbid(CaptureKind.Gc, "a"), StringComparison.Ordinal);
        File.WriteAllText(PolicyFile, "{ nonsense");
        Assert.Contains("cannot be used", policy.Forbid(CaptureKind.Gc, "b"), StringComparison.Ordinal);
    }

    /// <summary>As kubelet changes a ConfigMap: a new folder, and "..data" is led to it in one step.</summary>
    private void Publish(string folder, string content)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(path, folder)).FullName, "policy.json");
        File.WriteAllText(file, content);
        var link = Path.Combine(path, "..data_tmp");
        Directory.CreateSymbolicLink(link, folder);
        // .NET moves no link to a folder over another one.
        RunTool("mv", "-T", "-f", link, Path.Combine(path, "..data"));
    }

    private static void RunTool(string name, params string[] arguments)
    {
        using var tool = Process.Start(new ProcessStartInfo(name, arguments))!;
        tool.WaitForExit();
        Assert.Equal(0, tool.ExitCode);
    }

    private LocalPolicy Write(string content, StateFolder? state = null)
    {
        File.WriteAllText(PolicyFile, content);
        return Open(state);
    }

    private LocalPolicy Open(StateFolder? state) => new(PolicyFile, state, time, NullLogger<LocalPolicy>.Instance);
}
