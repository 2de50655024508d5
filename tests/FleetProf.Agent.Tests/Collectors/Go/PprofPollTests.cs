using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Collectors.Go;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Collectors.Go;

public sealed class PprofPollTests : IDisposable
{
    private static readonly string Recorded = File.ReadAllText(PathOf("heap-debug1.txt"));

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly VitalsWindowing windows;
    private readonly GoRecorder recorder;
    private readonly PprofPoll poll;
    private string? refusal;

    public PprofPollTests()
    {
        server.Start();
        windows = new VitalsWindowing("i", () => null, time.GetUtcNow());
        recorder = new GoRecorder(windows, default, time);
        poll = new PprofPoll(((IPEndPoint)server.LocalEndpoint).Port, () => refusal, time);
    }

    [Fact]
    public async Task Read_TwoLooks_AddsTheCollectionsBetween()
    {
        Assert.Null(await AskAsync(Ok(Recorded)));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await AskAsync(Ok(Later(gcs: 2, bytes: 1000))));

        var window = Assert.Single(End());
        // The entries behind the newest one of the recording: (1430 + 255) % 256 and the next.
        var ring = RecordedPauses();
        Assert.Equal((2u, 2u), (window.GcCounts[2], window.BackgroundGcCount));
        Assert.Equal((ring[149] + ring[150]) / 1e6, window.PauseMs, 9);
        Assert.Equal((1000, 27475728, 45776896 - 9134080, 28270592 - 27475728), (window.AllocatedBytes, window.Gen2AfterBytes, window.CommittedBytes, window.FragmentedBytes));
    }

    /// <summary>Windows are judged by the time observed; a silent port's time is none.</summary>
    [Fact]
    public async Task Read_AfterAFailedLook_CountsTheCollectionsOfTheSilenceAsMissedAndNothingElseOfIt()
    {
        Assert.Null(await AskAsync(Ok(Recorded)));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(await AskAsync(Encoding.ASCII.GetBytes("HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(await AskAsync(Ok(Later(gcs: 2, bytes: 1_000_000))));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(await AskAsync(Ok(Later(gcs: 3, bytes: 1_000_500))));

        var window = Assert.Single(End());
        Assert.Equal((2u, 1u, 500L), (window.MissedGcCount, window.GcCounts[2], window.AllocatedBytes));
        Assert.Equal(RecordedPauses()[151] / 1e6, window.PauseMs, 9);
    }

    [Fact]
    public async Task Read_BeforeItsTime_AsksNothing()
    {
        Assert.Null(await AskAsync(Ok(Recorded)));

        Assert.Null(await poll.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken));
        Assert.False(server.Pending());
    }

    [Fact]
    public async Task Read_PortThatIsNotTheProcesss_AsksNothing()
    {
        refusal = "not yours";

        Assert.Equal("not yours", await poll.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken));
        Assert.False(server.Pending());
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "answers 302")]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "answers 500")]
    [InlineData("SSH-2.0-OpenSSH\r\n", "does not answer")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "no heap profile")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n# runtime.MemStats\n", "does not answer")]
    public async Task Read_OtherAnswers_AreAProblemNotAnError(string answer, string part) =>
        Assert.Contains(part, await AskAsync(Encoding.ASCII.GetBytes(answer)), StringComparison.Ordinal);

    [Fact]
    public async Task Read_EndlessAnswer_StopsAtTheLimit()
    {
        var body = new byte[PprofPoll.MostBytes + (1 << 20)];
        byte[] answer = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

        Assert.Contains("more than 16 MB", await AskAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public void Listeners_OfATable_AreThoseThatALoopbackConnectionReaches()
    {
        string[] table =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:17AC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0",
            "   1: 00000000:17AC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0",
            "   2: 0200000A:17AC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0",
            "   3: 0100007F:17AC 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 14 1 0 100 0 0 10 0",
            "   4: 0100007F:17AD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0 100 0 0 10 0",
            "   5: 00000000000000000000000000000000:17AC 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16 1",
            "   6: cut",
        ];

        Assert.Equal(["11", "12", "16"], LoopbackPort.Listeners(table, 0x17AC));
    }

    public void Dispose()
    {
        poll.Dispose();
        server.Dispose();
    }

    private static byte[] Ok(string text) => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {text.Length}\r\n\r\n{text}");

    // The recording so many collections and allocated bytes later.
    private static string Later(int gcs, long bytes) => Recorded.Replace("# NumGC = 1429", $"# NumGC = {1429 + gcs}", StringComparison.Ordinal)
        .Replace("# TotalAlloc = 9518829184", $"# TotalAlloc = {9518829184 + bytes}", StringComparison.Ordinal);

    private static List<long> RecordedPauses() => [.. Recorded.Split('\n').Single(line => line.StartsWith("# PauseNs", StringComparison.Ordinal)).Split('[', ']')[1].Split(' ').Select(long.Parse)];

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../testdata/go", name);

    private async Task<string?> AskAsync(byte[] answer)
    {
        var asking = poll.ReadAsync(recorder, isLast: false, TestContext.Current.CancellationToken);
        using (var client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
        {
            var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[4096], TestContext.Current.CancellationToken);
            try
            {
                await stream.WriteAsync(answer, TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                // The other side had enough.
            }
        }
        return await asking;
    }

    private List<VitalsWindow> End()
    {
        var finished = new List<VitalsWindow>();
        windows.End(time.GetUtcNow(), finished);
        return finished;
    }
}
