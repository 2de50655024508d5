namespace FleetProf.Cli.Server;

/// <summary>The body of an answer. Where it breaks off or stalls, that is a failure of the portal, never one of the file that it is copied to.</summary>
/// <param name="body">Owned from then on.</param>
/// <param name="clock">Counts the pauses between its parts; the system's when left out.</param>
internal sealed class AnswerStream(Stream body, TimeProvider? clock = null) : Stream
{
    /// <summary>The portal begins an answer when it has it, so that its parts follow each other: after a longer pause none will come.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static async Task<AnswerStream> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken, TimeProvider? clock = null) =>
        new(await response.Content.ReadAsStreamAsync(cancellationToken), clock);

    /// <exception cref="CommandFailedException">It broke off, or nothing came for too long.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(LongestPause, clock ?? TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await body.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailedException(
                ExitCode.Unreachable,
                $"The portal's answer stalled: nothing came for {LongestPause.TotalSeconds:0} s.",
                "Repeat the command. If that repeats, look into the portal's log, and at the proxy or firewall on the way.");
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"The portal's answer broke off: {cut.Message}", "Repeat the command.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Nobody does: it would keep a thread for as long as the portal takes.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
