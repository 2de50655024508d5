using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Discovery;

/// <summary>What may lie where a diagnostic socket is expected. The process looked for is this one, but with a start time of its own: its real socket listens elsewhere.</summary>
public sealed class DiagnosticSocketTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fp-").FullName;
    private readonly ProcessStart start = new(Environment.ProcessId, 12_345);
    private readonly ProcessStatus status = ProcessStatus.Read(Environment.ProcessId)!;

    private string SocketPath => Path.Combine(folder, DiagnosticSocket.NameOf(status.InnermostPid, start.Jiffies));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Socket_OfTheSameUser_IsFound()
    {
        using var listener = Listen(SocketPath);
        Assert.Equal(new DiagnosticSocket(SocketPath, InstanceProblem.None, "") { IsListening = true }, Find() with { SinceUnixMs = null });
    }

    [Fact]
    public void Socket_BehindALinkedTemporaryFolder_IsFoundAtItsRealPlace()
    {
        using var listener = Listen(SocketPath);
        Directory.CreateSymbolicLink(folder + "-link", folder);
        try
        {
            Assert.Equal(SocketPath, Find($"TMPDIR={folder}-link").Path);
        }
        finally
        {
            File.Delete(folder + "-link");
        }
    }

    [Fact]
    public void Socket_OfAnotherUser_IsNotOwned()
    {
        using var listener = Listen(SocketPath);
        using var chown = Process.Start(new ProcessStartInfo("chown", ["65533", SocketPath]) { RedirectStandardError = true })!;
        chown.WaitForExit();
        Assert.SkipUnless(chown.ExitCode == 0, "Only a privileged user can give a file away.");
        var found = Find();
        Assert.Equal((null, InstanceProblem.SocketNotOwned), (found.Path, found.Problem));
        Assert.Contains("65533", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Socket_WithAnotherKey_IsNotConsidered()
    {
        using var listener = Listen(Path.Combine(folder, DiagnosticSocket.NameOf(status.InnermostPid, 999_999_999)));
        Assert.Equal(InstanceProblem.DiagnosticsDisabled, Find().Problem);
    }

    [Fact]
    public void File_InPlaceOfTheSocket_IsNotOwned()
    {
        File.WriteAllText(SocketPath, "");
        Assert.Equal(InstanceProblem.SocketNotOwned, Find().Problem);
    }

    [Fact]
    public void Link_InPlaceOfTheSocket_IsNotOwned()
    {
        using var listener = Listen(Path.Combine(folder, "other"));
        File.CreateSymbolicLink(SocketPath, Path.Combine(folder, "other"));
        Assert.Equal(InstanceProblem.SocketNotOwned, Find().Problem);
    }

    [Fact]
    public void Socket_RemovedWhileListening_IsGone()
    {
        using var listener = Listen(SocketPath);
        File.Delete(SocketPath);
        Assert.Equal(InstanceProblem.SocketGone, Find().Problem);
    }

    [Theory]
    [InlineData("DOTNET_EnableDiagnostics=0")]
    [InlineData("DOTNET_EnableDiagnostics_IPC=0")]
    [InlineData("COMPlus_EnableDiagnostics=0x0")]
    public void Diagnostics_TurnedOff_NamesTheVariable(string variable)
    {
        var found = Find($"TMPDIR={folder}", variable);
        Assert.Equal(InstanceProblem.DiagnosticsDisabled, found.Problem);
        Assert.Contains(variable, found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TMPDIR=relative")]
    [InlineData("TMPDIR=/does/not/exist")]
    public void Folder_Unusable_IsSaid(string variable) => Assert.Contains("TMPDIR", Find(variable).Detail, StringComparison.Ordinal);

    private DiagnosticSocket Find(params string[] variables)
    {
        var text = string.Join('\0', variables.Length == 0 ? [$"TMPDIR={folder}"] : variables) + "\0";
        using var root = TargetRoot.At("/");
        return DiagnosticSocket.Find(root, status, start, ProcessEnvironment.Parse(Encoding.UTF8.GetBytes(text)));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }
}
