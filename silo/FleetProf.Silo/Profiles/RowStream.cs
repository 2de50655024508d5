using System.Text.Json;

namespace FleetProf.Silo.Profiles;

/// <summary>Reads the array "rows" of a JSON object row by row: a document of the whole takes several times the memory of its file.</summary>
internal sealed class RowStream
{
    private const int PieceBytes = 64 << 10;

    /// <summary>A row has a name and a few numbers; what is longer is damage.</summary>
    private const int LongestRow = 1 << 20;

    private readonly Stream json;
    private readonly Action<JsonElement> take;
    private byte[] buffer = new byte[PieceBytes];
    private JsonReaderState state;
    private bool isInRows;
    private bool isOther;
    private double other;
    private bool hasRows;

    private RowStream(Stream json, Action<JsonElement> take) => (this.json, this.take) = (json, take);

    /// <summary>Hands on each row, which is good only until the call returns. What comes before damage is handed on, too.</summary>
    /// <returns>Its number "otherSelf", what the rows have together that the table leaves out; 0 where there is none.</returns>
    /// <exception cref="JsonException">It is no JSON object with such an array, or a row is too long.</exception>
    public static Task<double> ReadAsync(Stream json, Action<JsonElement> take, CancellationToken cancellationToken) => new RowStream(json, take).ReadAsync(cancellationToken);

    private async Task<double> ReadAsync(CancellationToken cancellationToken)
    {
        var filled = 0;
        int read;
        do
        {
            if (filled == buffer.Length)
            {
                Grow();
            }

            read = await json.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            filled += read;
            var done = Parse(buffer.AsSpan(0, filled), isEnd: read == 0);
            buffer.AsSpan(done, filled - done).CopyTo(buffer);
            filled -= done;
        }
        while (read > 0);
        if (!hasRows)
        {
            throw new JsonException("The table has no rows.");
        }

        return other;
    }

    private void Grow()
    {
        if (buffer.Length >= LongestRow)
        {
            throw new JsonException("A row is too long to be one.");
        }

        Array.Resize(ref buffer, buffer.Length * 2);
    }

    /// <returns>Bytes that are done with; the others come again, with more behind them.</returns>
    private int Parse(ReadOnlySpan<byte> piece, bool isEnd)
    {
        var reader = new Utf8JsonReader(piece, isEnd, state);
        while (true)
        {
            var before = reader;
            if (!reader.Read() || !TryTake(ref reader))
            {
                state = before.CurrentState;
                return (int)before.BytesConsumed;
            }
        }
    }

    /// <summary>False when the row goes on behind the piece.</summary>
    private bool TryTake(ref Utf8JsonReader reader)
    {
        switch (reader.CurrentDepth)
        {
            case 1 when reader.TokenType == JsonTokenType.PropertyName:
                isInRows = reader.ValueTextEquals("rows"u8);
                isOther = reader.ValueTextEquals("otherSelf"u8);
                break;
            case 1 when isOther && reader.TokenType == JsonTokenType.Number:
                other = reader.GetDouble();
                break;
            case 1 when isInRows && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray):
                throw new JsonException("The rows are no list.");
            case 1:
                hasRows |= isInRows;
                break;
            case 2 when isInRows:
                if (!JsonDocument.TryParseValue(ref reader, out var row))
                {
                    return false;
                }

                using (row)
                {
                    take(row.RootElement);
                }

                break;
        }

        return true;
    }
}
