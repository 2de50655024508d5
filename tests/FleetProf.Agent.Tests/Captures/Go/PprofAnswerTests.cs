using System.Net;
using System.Net.Sockets;
using System.Text;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures.Go;

/// <summary>Answers that no profile comes from. The port is this process's own, and so is the target.</summary>
public sealed class PprofAnswerTests : IAsyncLifetime
{
    private readonly TcpListener port = new(IPAddress.Loopback, 0);
    private UploadServer server = null!;
    private DeskRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        port.Start();
        server = await UploadServer.StartAsync();
        rig = new DeskRig(server) { Target = DeskRig.GoTargetOf(Environment.ProcessId, ((IPEndPoint)port.LocalEndpoint).Port) }.Run();
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await server.DisposeAsync();
        port.Dispose();
    }

    [Theory]
    [InlineData("404 Not Found", "404 page not found", "is not there")]
    [InlineData("400 Bad Request", "profile duration exceeds server's WriteTimeout", "WriteTimeout")]
    [InlineData("302 Found\r\nLocation: http://127.0.0.1:1/", "", "302")]
    [InlineData("500 Internal Server Error", "something \u0007broke", "something broke")]
    [InlineData("200 OK", "<html>hello</html>", "no pprof profile")]
    [InlineData("200 OK", "", "with nothing")]
    public async Task Answer_ThatIsNoProfile_NamesWhatCame(string status, string body, string detail)
    {
        var result = await ResultAsync($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

        Assert.Equal(("PprofUnavailable", ""), (result.Failure, result.Sha256));
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_ThatBreaksOff_IsNotKept()
    {
        var result = await ResultAsync("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n\u001f\u008b half");

        Assert.Equal(("PprofUnavailable", ""), (result.Failure, result.Sha256));
        Assert.Empty(Directory.GetFiles(Path.Combine(rig.Folder, "artifacts")));
    }

    [Theory]
    [InlineData(CaptureKind.Trace, "GET /debug/pprof/profile?seconds=2 ")]
    [InlineData(CaptureKind.Alloc, "GET /debug/pprof/allocs?seconds=2 ")]
    [InlineData(CaptureKind.Gcdump, "GET /debug/pprof/heap ")]
    [InlineData(CaptureKind.Goroutines, "GET /debug/pprof/goroutine ")]
    public async Task Order_OfAKind_AsksForItsProfileAndKeepsItByteForByte(CaptureKind kind, string request)
    {
        rig.Desk.Accept(DeskRig.Order("c-1", kind));
        var asked = await AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\u001f\u008b\u0008abc");

        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal("", result.Failure);
        Assert.StartsWith(request, asked, StringComparison.Ordinal);
        Assert.Equal([0x1F, 0x8B, 8, .. "abc"u8], server.Received.Complete[result.Sha256]);
    }

    private async Task<CaptureResult> ResultAsync(string answer)
    {
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));
        await AnswerAsync(answer);
        return await rig.Sent.ResultAsync("c-1");
    }

    private async Task<string> AnswerAsync(string answer)
    {
        using var client = await port.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var request = new byte[4_096];
        var count = await stream.ReadAsync(request, TestContext.Current.CancellationToken);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), TestContext.Current.CancellationToken);
        return Encoding.Latin1.GetString(request, 0, count);
    }
}
