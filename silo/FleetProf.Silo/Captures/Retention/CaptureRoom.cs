using System.Globalization;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>Whether there is room for what is to be written, beside what the catalog lives on. Old captures go first.</summary>
internal sealed class CaptureRoom(ArtifactStore store, CaptureRetention retention, IOptions<CaptureOptions> options)
{
    private long Reserve => options.Value.ReserveBytes;

    /// <summary>Null when so many bytes of an upload can be taken; else why not, and what to do.</summary>
    public Task<string?> WhyNoneForUploadAsync(long bytes, CancellationToken cancellationToken) =>
        WhyNoneAsync(bytes, store.FreeUploadBytes, "where uploads arrive", cancellationToken);

    /// <summary>
    /// Null when an original of so many bytes can be analysed; else why not, and what to do. What the analyzer writes is seldom larger than what it reads; an
    /// original that is too large for memory is copied besides.
    /// </summary>
    public Task<string?> WhyNoneForAnalysisAsync(long bytes, CancellationToken cancellationToken) =>
        WhyNoneAsync(bytes > PlainInput.MaxMemoryBytes ? 2 * bytes : bytes, store.FreeWorkBytes, "where analyses work", cancellationToken);

    /// <summary>On the store's volume and on this silo's own, which most often are one.</summary>
    private async Task<string?> WhyNoneAsync(long bytes, Func<long> freeHere, string where, CancellationToken cancellationToken)
    {
        if (store.FreeBytes() - bytes < Reserve && await retention.MakeRoomAsync(bytes, cancellationToken) is { } full)
        {
            return full;
        }

        var free = freeHere();
        if (free - bytes < Reserve)
        {
            // What lies in a bucket too is fetched anew.
            store.DropCopies(Reserve + bytes);
            free = freeHere();
        }

        return free - bytes >= Reserve
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{free} bytes are free {where}, FleetProf:Silo:DataFolder of this silo; free some there.");
    }
}
