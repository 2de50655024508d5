using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Captures;

namespace FleetProf.Faults.Scenarios;

/// <summary>
/// Of which kind the captures are that a round breaks something in: heap snapshots in one round of four, traces in the others. It follows from the seed and the
/// round's name alone and asks no generator, so that the faults of a seed come in the same order with and without snapshots, and a cell of the matrix is the same
/// whichever others are run.
/// </summary>
/// <param name="seed">Of the run.</param>
/// <param name="kinds">That may come, each once: of <see cref="All"/>.</param>
internal sealed class KindDraw(int seed, IReadOnlyList<CaptureKind> kinds)
{
    private const int RoundsPerSnapshot = 4;

    public static IReadOnlyList<CaptureKind> All { get; } = [CaptureKind.Trace, CaptureKind.Gcdump];

    /// <param name="round">Its name: in the matrix its scenario and phase, in chaos its number.</param>
    public CaptureKind Of(string round) => kinds.Count == 1 ? kinds[0] : IsSnapshot(round) ? CaptureKind.Gcdump : CaptureKind.Trace;

    private bool IsSnapshot(string round) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {round}")))[0] % RoundsPerSnapshot == 0;
}
