using System.Text;
using CsCheck;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Tests.Discovery.Procfs;

public class ProcfsParsingTests
{
    private const string Stat = "42 (a) b (c d) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 987654 100 200 18446744073709551615";

    [Fact]
    public void Stat_NameWithParentheses_GivesPidAndStart() => Assert.Equal(new ProcessStart(42, 987654), ProcessStart.Parse(42, Encoding.UTF8.GetBytes(Stat)));

    [Fact]
    public void Stat_OfAReusedPid_IsAnotherProcess() =>
        Assert.NotEqual(ProcessStart.Parse(42, Encoding.UTF8.GetBytes(Stat)), ProcessStart.Parse(42, Encoding.UTF8.GetBytes(Stat.Replace("987654", "987655", StringComparison.Ordinal))));

    [Theory]
    [InlineData("42 (x) Z 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 987654 100")]
    [InlineData("42 (kworker) S 2 0 0 0 -1 69238880 1 2 3 4 5 6 7 8 20 0 9 0 987654 100")]
    [InlineData("42 (x) S 1")]
    [InlineData("42")]
    [InlineData("")]
    public void Stat_OfZombieKernelThreadOrRest_IsNone(string stat) => Assert.Null(ProcessStart.Parse(42, Encoding.UTF8.GetBytes(stat)));

    [Fact]
    public void Stat_Own_IsRead() => Assert.Equal(Environment.ProcessId, ProcessStart.Read(Environment.ProcessId)?.Pid);

    [Fact]
    public void Stat_OfNobody_IsNoneAndKnownToBe()
    {
        Assert.Null(ProcessStart.Read(int.MaxValue, out var isUnknown));
        Assert.False(isUnknown);
    }

    [Fact]
    public void Stat_AnyBytes_IsNeverAnError() => Gen.Byte.Array.Sample(bytes => _ = ProcessStart.Parse(1, bytes));

    [Fact]
    public void Status_InAContainer_GivesTheInnermostPid()
    {
        var status = ProcessStatus.Parse(4711, "Name:\tdotnet\nUid:\t1000\t1001\t1002\t1003\nNSpid:\t4711\t23\t1\nCpus_allowed:\tff,0000000f\n");
        Assert.Equal((1, 1001u, 12), (status!.InnermostPid, status.EffectiveUserId, status.AllowedProcessors));
        Assert.Equal([1000u, 1001, 1002, 1003], status.UserIds);
    }

    [Fact]
    public void Status_WithoutNamespaces_UsesThePidItself() => Assert.Equal(4711, ProcessStatus.Parse(4711, "Uid:\t0\t0\t0\t0\n")!.InnermostPid);

    /// <summary>The mask of who never set one has room for processors that may come; the agent's own limit is none of the others'.</summary>
    [Theory]
    [InlineData("ffffffff,ffffffff,ffffffff,ffffffff", "0-1", 2)]
    [InlineData("ffffffff,ffffffff,ffffffff", "0-95", 96)]
    [InlineData("0000000f", "0-2,7", 3)]
    [InlineData("00000080", "0-2,7\n", 1)]
    [InlineData("1,00000000", "0-63", 1)]
    [InlineData("0000000f", null, 4)]
    [InlineData("0000000f", "nonsense", 4)]
    public void Status_Affinity_CountsTheProcessorsThatAreThere(string mask, string? online, int expected) =>
        Assert.Equal(expected, ProcessStatus.Parse(1, $"Uid:\t0\t0\t0\t0\nCpus_allowed:\t{mask}\n", online)!.AllowedProcessors);

    [Fact]
    public void Status_WithoutAffinity_CountsAllProcessors() => Assert.Equal(4, ProcessStatus.Parse(1, "Uid:\t0\t0\t0\t0\n", "0-3")!.AllowedProcessors);

    /// <summary>SYS_PTRACE alone, with DAC_OVERRIDE as the agent has it, everything, DAC_OVERRIDE alone, nothing.</summary>
    [Theory]
    [InlineData("0000000000080000", true)]
    [InlineData("0000000000080002", true)]
    [InlineData("000001ffffffffff", true)]
    [InlineData("0000000000000002", false)]
    [InlineData("0000000000000000", false)]
    [InlineData("nonsense", false)]
    public void Status_Capabilities_SayWhetherItMayTrace(string rights, bool mayTrace) =>
        Assert.Equal(mayTrace, ProcessStatus.Parse(1, $"Uid:\t0\t0\t0\t0\nCapPrm:\t000001ffffffffff\nCapEff:\t{rights}\n")!.MayTrace);

    [Fact]
    public void Status_WithoutUser_IsNone() => Assert.Null(ProcessStatus.Parse(1, "Name:\tx\n"));

    [Fact]
    public void Status_Own_NamesThisUser() => Assert.Equal(LinuxFile.FactsOf($"/proc/{Environment.ProcessId}/stat")!.Value.UserId, ProcessStatus.Read(Environment.ProcessId)!.EffectiveUserId);

    [Fact]
    public void Environment_OnlyNamedVariables_AreKept()
    {
        var environment = ProcessEnvironment.Parse(Encoding.UTF8.GetBytes(
            "DB_PASSWORD=x\0FLEETPROF_SERVICE=shop\0TMPDIR=/t\0OTEL_SERVICE_NAME_X=no\0DOTNET_gcServer=1\0DOTNET_EnableDiagnostics_IPC=0\0DOTNET_DbgEnableMiniDump=1\0xFLEETPROF_SERVICE=no\0FLEETPROF_SERVICE=second\0=\0TMPDIR\0"));
        Assert.Equal(["DOTNET_EnableDiagnostics_IPC", "DOTNET_gcServer", "FLEETPROF_SERVICE", "TMPDIR"], environment.Values.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("shop", environment["FLEETPROF_SERVICE"]);
        Assert.Null(environment["DB_PASSWORD"]);
    }

    [Fact]
    public void Environment_AnyBytes_KeepsNothingElse() => Gen.Byte.Array[0, 300].Sample(bytes => Assert.Empty(ProcessEnvironment.Parse(bytes).Values));

    [Theory]
    [InlineData("7f-8f r-xp 0 08:01 5 /usr/lib/libcoreclr.so", "/usr/lib/libcoreclr.so")]
    [InlineData("7f-8f r--p 0 08:01 5 /opt/my app/shared/10.0.1/libcoreclr.so (deleted)", "/opt/my app/shared/10.0.1/libcoreclr.so")]
    [InlineData("7f-8f r--p 0 08:01 5 /usr/lib/libcoreclr.so.txt", null)]
    [InlineData("7f-8f r--p 0 08:01 5 /usr/lib/libclrjit.so", null)]
    [InlineData("", null)]
    public void MapsLine_WithTheRuntime_GivesItsPath(string line, string? expected) => Assert.Equal(expected, ProcessMaps.Find(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Records_OfAnyFile_AreThoseOfTheWholeFile()
    {
        var path = Path.GetTempFileName();
        try
        {
            // Around the buffer's length too: such a record is passed over, its neighbours are not.
            var longRecord = Gen.Byte[1, 255].Array[16_380, 16_390];
            var record = Gen.Frequency((6, Gen.Byte[1, 255].Array[0, 40]), (2, Gen.Byte[1, 255].Array[3000, 9000]), (1, longRecord), (1, Gen.Byte[1, 255].Array[40_000, 50_000]));
            record.Array[0, 12].Sample(
                records =>
                {
                    File.WriteAllBytes(path, [.. records.SelectMany(bytes => (byte[])[.. bytes, 0])]);
                    var taken = new List<string>();
                    Assert.True(LinuxFile.ReadRecords(path, 0, 1 << 20, bytes =>
                    {
                        taken.Add(Convert.ToHexString(bytes));
                        return true;
                    }));
                    Assert.Equal(records.Where(bytes => bytes.Length < 16 * 1024).Select(Convert.ToHexString), taken);
                },
                iter: 200,
                threads: 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Records_WithoutTheLastEnd_GiveTheLastToo()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "a\nbc\nrest");
            var taken = new List<string>();
            Assert.True(LinuxFile.ReadRecords(path, (byte)'\n', 100, bytes =>
            {
                taken.Add(Encoding.UTF8.GetString(bytes));
                return taken.Count < 3;
            }));
            Assert.Equal(["a", "bc", "rest"], taken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Records_OfNoFile_AreRefused() => Assert.False(LinuxFile.ReadRecords("/proc/0/none", 0, 100, _ => true));

    [Fact]
    public void Maps_OfThisProcess_NameItsRuntime() => Assert.EndsWith("/libcoreclr.so", ProcessMaps.Read(Environment.ProcessId).RuntimePath!, StringComparison.Ordinal);
}
