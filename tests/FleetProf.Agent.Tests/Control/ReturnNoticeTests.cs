using System.Net;
using System.Net.Sockets;
using System.Text;
using FleetProf.Agent.Control;

namespace FleetProf.Agent.Tests.Control;

public sealed class ReturnNoticeTests
{
    private static readonly byte[] Alert = [21, 3, 3, 0, 2, 2, 80];

    [Theory]
    [InlineData("return-after-ms=41250\n", 41_250)]
    [InlineData("return-after-ms=0\n", 0)]
    // Nobody signed it.
    [InlineData("return-after-ms=99999999999\n", 300_000)]
    public void Read_Notice_IsAWaitOfFiveMinutesAtMost(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ReturnNotice.Read([.. Alert, .. Encoding.ASCII.GetBytes(text)]));

    [Theory]
    [InlineData("")]
    [InlineData("return-after-ms=41250")]
    [InlineData("return-after-ms=-1\n")]
    [InlineData("return-after-ms=\n")]
    [InlineData("return-after-ms=99999999999999999999\n")]
    [InlineData("HTTP/1.1 503\r\n")]
    public void Read_AnythingElse_IsNone(string text) => Assert.Null(ReturnNotice.Read([.. Alert, .. Encoding.ASCII.GetBytes(text)]));

    [Fact]
    public void Read_NoAlert_IsNone() => Assert.Null(ReturnNotice.Read([22, 3, 3, 0, 2, 2, 80, .. "return-after-ms=41250\n"u8]));

    /// <summary>A real handshake that is answered with it, in one piece or in two.</summary>
    [Theory]
    [InlineData(29)]
    [InlineData(7)]
    [InlineData(12)]
    public async Task ConnectAsync_SiloThatHasNoRoom_FailsAndTheWaitIsKnownOnce(int firstPiece)
    {
        var token = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var notice = new ReturnNotice();
        using var handler = new SocketsHttpHandler { ConnectCallback = notice.ConnectAsync, AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        var call = http.GetAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), token);
        using (var peer = await listener.AcceptTcpClientAsync(token))
        {
            peer.NoDelay = true;
            Assert.True(await peer.GetStream().ReadAsync(new byte[4_096], token) > 0);
            byte[] answer = [.. Alert, .. "return-after-ms=41250\n"u8];
            await peer.GetStream().WriteAsync(answer.AsMemory(0, firstPiece), token);
            await peer.GetStream().WriteAsync(answer.AsMemory(firstPiece), token);
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.Equal(TimeSpan.FromMilliseconds(41_250), notice.Take());
        Assert.Null(notice.Take());
    }
}
