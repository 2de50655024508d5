using System.Text;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Tests.Discovery.Identity;

public class IdentityTests
{
    [Theory]
    [InlineData("FLEETPROF_SERVICE=a;OTEL_SERVICE_NAME=b;OTEL_RESOURCE_ATTRIBUTES=service.name=c", "a")]
    [InlineData("FLEETPROF_SERVICE=;OTEL_SERVICE_NAME=b;OTEL_RESOURCE_ATTRIBUTES=service.name=c", "b")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES=x=1,service.name=c", "c")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES=service.name=two%20words", "two words")]
    [InlineData("FLEETPROF_SERVICE=\u0007\u200b;OTEL_RESOURCE_ATTRIBUTES=nonsense,=,service.name", "Entry")]
    [InlineData("", "Entry")]
    public void Service_BySource_TakesTheFirst(string variables, string expected) => Assert.Equal(expected, Resolve(variables).Service);

    [Fact]
    public void Version_Set_DoesNotReadTheAssembly()
    {
        var environment = Environment("FLEETPROF_VERSION=2");
        Assert.Equal("2", ServiceIdentity.Resolve(environment, ResourceAttributes.Parse(null), "Entry", () => throw new InvalidOperationException("was read")).Version);
        Assert.Equal("1.2.3", Resolve("").Version);
        Assert.Equal("7", Resolve("OTEL_RESOURCE_ATTRIBUTES=service.version=7").Version);
    }

    [Fact]
    public void Attributes_OtherThanIdentity_AreNotKept()
    {
        var identity = Resolve("OTEL_RESOURCE_ATTRIBUTES=service.instance.id=i,deployment.environment=old,deployment.environment.name=new,cloud.availability_zone=z1,api.token=secret");
        Assert.Equal(("i", "new"), (identity.ServiceInstance, identity.Environment));
        Assert.Equal("cloud.availability_zone", Assert.Single(identity.Labels).Key);
    }

    [Fact]
    public void Names_Endless_AreCut() => Assert.Equal(128, Resolve("FLEETPROF_SERVICE=" + new string('x', 4000)).Service.Length);

    [Theory]
    [InlineData("dotnet|/srv/Shop.dll|--x", "/srv/Shop.dll", "Shop")]
    [InlineData("/usr/bin/dotnet|exec|--depsfile|a.dll|Shop.dll", "Shop.dll", "Shop")]
    [InlineData("dotnet|build", null, "dotnet")]
    [InlineData("dotnet|/usr/share/sdk/MSBuild.dll|/nodemode:1", "/usr/share/sdk/MSBuild.dll", "MSBuild")]
    [InlineData("/srv/Shop|x.dll", null, "Shop")]
    [InlineData("", null, "")]
    public void CommandLine_TellsTheProgram(string arguments, string? program, string likely)
    {
        var line = CommandLine.Parse(arguments.Replace('|', '\0') + "\0");
        Assert.Equal(program, line.ManagedProgram);
        Assert.Equal(likely, line.LikelyEntryAssembly);
    }

    /// <summary>As the runtime of .NET 10 writes them down.</summary>
    [Theory]
    [InlineData("dotnet|exec|--depsfile|a.json|Shop.dll|--name|a b||it's", "--name a b  it's")]
    [InlineData("./Shop|--name|x", "--name x")]
    [InlineData("dotnet|build|x.sln", "build x.sln")]
    [InlineData("Shop: a title --name x", "")]
    [InlineData("", "")]
    public void CommandLine_TellsWhatTheProgramWasGiven(string arguments, string given) => Assert.Equal(given, CommandLine.Parse(arguments.Replace('|', '\0') + "\0").ProgramArguments);

    [Theory]
    [InlineData("dotnet|exec|--runtimeconfig|/etc/shop.json|/srv/Shop.dll", "/etc/shop.json")]
    [InlineData("dotnet|/srv/Shop.dll|--runtimeconfig|own.json", null)]
    [InlineData("/srv/Shop|--runtimeconfig|own.json", null)]
    public void CommandLine_TellsTheRuntimeConfiguration(string arguments, string? file) =>
        Assert.Equal(file, CommandLine.Parse(arguments.Replace('|', '\0') + "\0").RuntimeConfiguration);

    [Fact]
    public void Assembly_Version_IsReadAsData()
    {
        var path = typeof(IdentityTests).Assembly.Location;
        using var root = TargetRoot.At("/");
        Assert.Equal(
            System.Reflection.CustomAttributeExtensions.GetCustomAttribute<System.Reflection.AssemblyInformationalVersionAttribute>(typeof(IdentityTests).Assembly)!.InformationalVersion,
            new EntryAssembly("x", path).ReadVersion(root));
        Assert.Null(new EntryAssembly("x", null).ReadVersion(root));
        Assert.Null(new EntryAssembly("x", "/does/not/exist.dll").ReadVersion(root));
    }

    [Fact]
    public void Assembly_Spoiled_GivesNoVersionAndNoError()
    {
        var original = File.ReadAllBytes(typeof(IdentityTests).Assembly.Location);
        var random = new Random(11);
        var path = Path.GetTempFileName();
        try
        {
            using var root = TargetRoot.At("/");
            for (var round = 0; round < 200; round++)
            {
                var bytes = (byte[])original.Clone();
                for (var i = 0; i < 30; i++) bytes[random.Next(round % 2 == 0 ? 1024 : bytes.Length)] = (byte)random.Next(256);
                File.WriteAllBytes(path, round % 5 == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
                _ = new EntryAssembly("x", path).ReadVersion(root);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("", "{}", 10, 8, "workstation concurrent")]
    [InlineData("DOTNET_gcConcurrent=0", "{}", 10, 8, "workstation non-concurrent")]
    [InlineData("DOTNET_gcConcurrent=0", null, 10, 8, "")]
    [InlineData("DOTNET_gcServer=0;DOTNET_gcConcurrent=0", null, 10, 8, "workstation non-concurrent")]
    [InlineData("", """{"runtimeOptions":{"configProperties":{"System.GC.Server":true}}}""", 10, 8, "server datas")]
    [InlineData("", """{"runtimeOptions":{"configProperties":{"System.GC.Server":true}}}""", 8, 8, "server concurrent")]
    [InlineData("", """{"runtimeOptions":{"configProperties":{"System.GC.Server":true}}}""", 10, 1, "workstation concurrent")]
    [InlineData("DOTNET_gcServer=0", """{"runtimeOptions":{"configProperties":{"System.GC.Server":true}}}""", 10, 8, "workstation concurrent")]
    [InlineData("DOTNET_gcServer=1;DOTNET_GCDynamicAdaptationMode=0", null, 10, 8, "server concurrent")]
    [InlineData("COMPlus_gcServer=0x1;DOTNET_GCHeapCount=4", null, 10, 8, "server concurrent")]
    [InlineData("", """{"runtimeOptions":{"configProperties":{"System.GC.Server":true,"System.GC.Concurrent":false}}}""", 10, 8, "server datas non-concurrent")]
    [InlineData("", "not json", 10, 8, "workstation concurrent")]
    [InlineData("", """{"runtimeOptions":{"configProperties":{"System.GC.Name":"\ud800"}}}""", 10, 8, "workstation concurrent")]
    [InlineData("", """{"runtimeOptions":{"configProperties":{"System.GC.\ud800":1}}}""", 10, 8, "workstation concurrent")]
    [InlineData("", """{"runtimeOptions":[]}""", 10, 8, "workstation concurrent")]
    public void Gc_Mode_FollowsVariablesThenFile(string variables, string? file, int major, int processors, string expected) =>
        Assert.Equal(expected, GcConfiguration.Resolve(Environment(variables), file, new Version(major, 0), processors).Mode);

    /// <summary>The runtime keeps DATAS off while the number of heaps is set.</summary>
    [Theory]
    [InlineData("DOTNET_gcServer=1;DOTNET_GCDynamicAdaptationMode=1;DOTNET_GCHeapCount=4", null, 10, "server concurrent")]
    [InlineData("DOTNET_gcServer=1;DOTNET_GCDynamicAdaptationMode=1", """{"runtimeOptions":{"configProperties":{"System.GC.HeapCount":4}}}""", 8, "server concurrent")]
    [InlineData("DOTNET_gcServer=1;DOTNET_GCHeapCount=0x0", null, 10, "server datas")]
    public void Gc_ModeWithANumberOfHeaps_IsNotDatas(string variables, string? file, int major, string expected) =>
        Assert.Equal(expected, GcConfiguration.Resolve(Environment(variables), file, new Version(major, 0), 8).Mode);

    [Fact]
    public void Gc_Settings_AreNumbersAndSwitchesOnly()
    {
        var settings = GcConfiguration.Resolve(
            Environment("DOTNET_GCHeapHardLimit=0x20000000;DOTNET_GCName=/opt/secret/libgc.so;DOTNET_gcTrace=pass word"),
            """{"runtimeOptions":{"configProperties":{"System.GC.HeapCount":4,"System.GC.Name":"my secret","System.Globalization.Invariant":true}}}""", new Version(10, 0), 8).Settings;
        Assert.Equal([("DOTNET_GCHeapHardLimit", "0x20000000"), ("System.GC.HeapCount", "4")], settings.Select(setting => (setting.Key, setting.Value)));
    }

    [Theory]
    [InlineData("0::/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "")]
    [InlineData("0::/kubepods.slice/kubepods-burstable-pod11111111_2222_3333_4444_555555555555.slice/cri-containerd-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "11111111-2222-3333-4444-555555555555")]
    [InlineData("4:memory:/kubepods/pod11111111-2222-3333-4444-555555555555/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "11111111-2222-3333-4444-555555555555")]
    [InlineData("0::/user.slice", "", "")]
    public void Group_Path_TellsContainerAndPod(string text, string container, string pod) => Assert.Equal((container, pod), ControlGroup.Membership(text));

    [Fact]
    public void Group_Limits_TakeTheTightestOnTheWayUp()
    {
        var files = new Dictionary<string, string>
        {
            ["/sys/fs/cgroup/a/b/memory.max"] = "max\n",
            ["/sys/fs/cgroup/a/memory.max"] = "1000\n",
            ["/sys/fs/cgroup/a/b/cpu.max"] = "150000 100000\n",
            ["/sys/fs/cgroup/a/cpu.max"] = "max 100000\n",
        };
        Assert.Equal((1000L, 1.5), ControlGroup.Limits("0::/a/b\n", new GroupFiles(_ => true, files.GetValueOrDefault, _ => null)));
    }

    [Fact]
    public void Group_VersionOne_IsReadTheSame()
    {
        var files = new Dictionary<string, string>
        {
            ["/sys/fs/cgroup/memory/a/memory.limit_in_bytes"] = "2000\n",
            ["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n",
            ["/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us"] = "50000\n",
            ["/sys/fs/cgroup/cpu/a/cpu.cfs_period_us"] = "100000\n",
            ["/sys/fs/cgroup/cpu/cpu.cfs_quota_us"] = "-1\n",
        };
        Assert.Equal((2000L, 0.5), ControlGroup.Limits("7:memory:/a\n3:cpu,cpuacct:/a\n", new GroupFiles(_ => true, files.GetValueOrDefault, _ => null)));
    }

    /// <summary>An agent with a limit of its own, in a container, looks at a process in another one.</summary>
    [Theory]
    [InlineData("0::/../other\n")]
    [InlineData("0::/containers/other\n")]
    public void Group_OfAnotherContainer_HasItsOwnLimitsAndNotTheAgents(string membership)
    {
        var files = new GroupFiles(
            folder => folder == "/sys/fs/cgroup",
            path => path is "/sys/fs/cgroup/memory.max" ? "256\n" : null,
            path => path switch { "/sys/fs/cgroup/memory.max" => "8000\n", "/sys/fs/cgroup/cpu.max" => "200000 100000\n", _ => null });
        Assert.Equal((8000L, 2.0), ControlGroup.Limits(membership, files));
    }

    [Fact]
    public void InstanceId_DiffersByEveryPart()
    {
        var host = new HostIdentity("h", "id", "boot", () => DateTimeOffset.UnixEpoch);
        string[] ids =
        [
            host.InstanceId(5, 5, 100), host.InstanceId(6, 5, 100), host.InstanceId(5, 6, 100), host.InstanceId(5, 5, 101),
            (host with { BootId = "other" }).InstanceId(5, 5, 100), (host with { Id = "other" }).InstanceId(5, 5, 100),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], (host with { Name = "renamed", BootedAt = () => DateTimeOffset.UtcNow }).InstanceId(5, 5, 100));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0007 ")]
    public void Name_NotChosen_IsTheMachines(string chosen) => Assert.Equal(System.Environment.MachineName, HostIdentity.Read("id", chosen).Name);

    [Fact]
    public void Name_Chosen_IsTheHosts() => Assert.Equal("node-7", HostIdentity.Read("id", "node-7").Name);

    [Fact]
    public void StartedAt_AfterTheWallClockWasSet_FollowsIt()
    {
        var booted = DateTimeOffset.UnixEpoch;
        var host = new HostIdentity("h", "id", "boot", () => booted);
        Assert.Equal(booted.AddSeconds(1.5), host.StartedAt(150));
        booted = booted.AddHours(2);
        Assert.Equal(booted.AddSeconds(1.5), host.StartedAt(150));
    }

    private static ServiceIdentity Resolve(string variables)
    {
        var environment = Environment(variables);
        return ServiceIdentity.Resolve(environment, ResourceAttributes.Parse(environment["OTEL_RESOURCE_ATTRIBUTES"]), "Entry", () => "1.2.3");
    }

    private static ProcessEnvironment Environment(string variables) => ProcessEnvironment.Parse(Encoding.UTF8.GetBytes(variables.Replace(';', '\0') + "\0"));
}
