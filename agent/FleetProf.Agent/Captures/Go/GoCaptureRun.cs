using System.Net;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures.Go;

/// <summary>
/// Fetches one profile of a Go program into the spool. Nothing is left in the program however this ends: its handler stops the profile
/// when the connection closes, also that of an agent that was killed. A profile that did not come whole cannot be read, so none is kept.
/// </summary>
internal sealed class GoCaptureRun(ArtifactSpool spool, TimeProvider time)
{
    private const int PieceBytes = 64 * 1024;
    private const int LongestWords = 300;
    private static readonly TimeSpan Overtime = TimeSpan.FromSeconds(30);

    /// <param name="order">What to fetch.</param>
    /// <param name="target">Of whom.</param>
    /// <param name="progress">Told about phases.</param>
    /// <param name="cancel">The capture is not wanted any more.</param>
    /// <param name="stop">This process ends.</param>
    public async Task<CaptureOutcome> RunAsync(StartCapture order, GoTarget target, CaptureProgressFeed progress, CancellationToken cancel, CancellationToken stop)
    {
        if (Refuse(order, target) is { } refusal) return refusal;
        var recipe = PprofRecipe.Of(order.Kind, order.DurationSeconds)!;
        var address = PprofAddress.Of(target.PprofPort!.Value, recipe.ProfileAndQuery);
        var limit = (recipe.IsTimed ? TimeSpan.FromSeconds(order.DurationSeconds) : TimeSpan.Zero) + Overtime;
        using var patience = new CancellationTokenSource(limit, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop, patience.Token);
        try
        {
            using var file = spool.Create(new CaptureKey(order.CaptureId, order.Attempt), order.MaxBytes);
            progress.Enter(CapturePhase.Collecting, recipe.IsTimed ? order.DurationSeconds : 0, () => file.Length);
            var began = time.GetTimestamp();
            return await FetchAsync(address, file, any.Token) ?? RefuseAnswerer(target) ?? Kept(file, time.GetElapsedTime(began));
        }
        catch (OperationCanceledException)
        {
            if (cancel.IsCancellationRequested) return CaptureOutcome.Failed(CaptureFailure.Cancelled, "Stopped before it was complete.");
            return stop.IsCancellationRequested
                ? CaptureOutcome.Failed(CaptureFailure.AgentLost, "The agent was stopped while it was capturing.")
                : CaptureOutcome.Failed(CaptureFailure.TimedOut, $"{address} did not answer within {limit.TotalSeconds:0} s.");
        }
        catch (IOException error) when (DurableFile.IsDiskFull(error))
        {
            return CaptureOutcome.Failed(CaptureFailure.SpoolFull, error.Message);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return TargetCheck.Refuse(target) is null
                ? CaptureOutcome.Failed(CaptureFailure.PprofUnavailable, $"{address} broke off: {error.Message}")
                : CaptureOutcome.Failed(CaptureFailure.ProcessExited, "The target ended first.");
        }
    }

    private CaptureOutcome? Refuse(StartCapture order, GoTarget target)
    {
        if (TargetCheck.Refuse(target) is { } gone) return gone;
        if (target.PprofPort is not { } port) return CaptureOutcome.Failed(CaptureFailure.RefusedByPolicy, "The policy of this host names no pprofPort for this Go program, so nothing is asked of it.");
        if (order.WhenPauseOverMs > 0) return CaptureOutcome.Failed(CaptureFailure.NotForRuntime, "A Go program is not captured at a pause; its stops are in its trend.");
        if (PprofRecipe.Of(order.Kind, order.DurationSeconds) is null) return CaptureOutcome.Failed(CaptureFailure.NotForRuntime, $"A Go program has no capture of kind {order.Kind}; its collections are watched live.");
        if (RefusePort(target, port) is { } notItsOwn) return notItsOwn;
        return spool.RoomBytes() <= 0 ? CaptureOutcome.Failed(CaptureFailure.SpoolFull, "The spool has no room for another artifact.") : null;
    }

    /// <summary>Null when the whole profile is in the file.</summary>
    private static async Task<CaptureOutcome?> FetchAsync(Uri address, SpoolFile file, CancellationToken cancellationToken)
    {
        using var client = PprofAddress.NewClient();
        using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var piece = new byte[PieceBytes];
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            var count = await body.ReadAtLeastAsync(piece, LongestWords, throwOnEndOfStream: false, cancellationToken);
            return Explain(address, answer.StatusCode, CleanText.Of(System.Text.Encoding.UTF8.GetString(piece, 0, Math.Min(count, LongestWords)), LongestWords));
        }
        for (int count; (count = await body.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
        {
            if (file.Length == 0 && !piece.AsSpan(0, count).StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return CaptureOutcome.Failed(CaptureFailure.PprofUnavailable, $"{address} answers with something that is no pprof profile.");
            file.Write(piece.AsSpan(0, count));
            if (file.IsCut) return CaptureOutcome.Failed(CaptureFailure.ByteLimitReached, $"The profile has more than {file.Length / 1_000_000} MB; a part of it cannot be read.");
            if (file.IsSpoolFull) return CaptureOutcome.Failed(CaptureFailure.SpoolFull, $"After {file.Length / 1_000_000} MB the spool was full.");
        }
        return file.Length > 0 ? null : CaptureOutcome.Failed(CaptureFailure.PprofUnavailable, $"{address} answers with nothing.");
    }

    private static CaptureOutcome Explain(Uri address, HttpStatusCode status, string words) => status switch
    {
        HttpStatusCode.InternalServerError when words.Contains("CPU profiling", StringComparison.OrdinalIgnoreCase) => CaptureOutcome.Failed(CaptureFailure.ProfilerBusy, $"{address} says: {words}"),
        HttpStatusCode.NotFound => CaptureOutcome.Failed(CaptureFailure.PprofUnavailable, $"{address} is not there."),
        _ => CaptureOutcome.Failed(CaptureFailure.PprofUnavailable, $"{address} answers {(int)status}: {words}"),
    };

    /// <summary>Whoever answered must have been the target: the port is looked at before and after.</summary>
    private static CaptureOutcome? RefuseAnswerer(GoTarget target) => TargetCheck.Refuse(target) is null ? RefusePort(target, target.PprofPort!.Value) : null;

    private static CaptureOutcome? RefusePort(GoTarget target, int port)
    {
        try
        {
            return LoopbackPort.Refuse(target.Pid, port);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return TargetCheck.Refuse(target) ?? CaptureOutcome.Failed(CaptureFailure.AttachDenied, $"Whose port {port} is cannot be seen: {error.Message}");
        }
    }

    private static CaptureOutcome Kept(SpoolFile file, TimeSpan collected) => file.Seal() is { } sha256
        ? new CaptureOutcome { Sha256 = sha256, Bytes = file.Length, CollectedSeconds = (int)Math.Round(collected.TotalSeconds) }
        : CaptureOutcome.Failed(CaptureFailure.SpoolFull, "The spool's disk did not take the artifact.");
}
