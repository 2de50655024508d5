using System.Text.Json;

namespace FleetProf.Analysis.Profiles;

/// <summary>Large JSON files, piece by piece: by itself a writer over a stream keeps a whole file in memory until its end, and a stream with a limit hears of it only then.</summary>
internal static class JsonPieces
{
    public const int PieceBytes = 64 * 1024;

    /// <summary>Hands on what is written so far, once it makes a piece.</summary>
    public static void HandOn(this Utf8JsonWriter json)
    {
        if (json.BytesPending >= PieceBytes)
        {
            json.Flush();
        }
    }
}
