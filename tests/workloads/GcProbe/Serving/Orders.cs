using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace GcProbe.Serving;

/// <summary>
/// What a service does between its sockets: reads an order from JSON, looks up prices, sums, writes an answer and signs it. The same
/// work every time it is asked for, with a live set that neither grows nor shrinks. Signing makes no garbage, so its rounds set how much garbage a second makes.
/// </summary>
internal sealed class Orders
{
    private const int Articles = 5_000;
    private const int Recent = 2_000;

    private readonly Dictionary<string, decimal> _prices = Enumerable.Range(0, Articles).ToDictionary(number => $"article-{number}", number => 1 + number % 97 / 10m);
    private readonly byte[][] _recent = new byte[Recent][];
    private readonly byte[][] _requests = [.. Enumerable.Range(0, 64).Select(RequestOf)];

    /// <summary>Serves that many orders on this thread.</summary>
    /// <returns>Wall time and CPU time of this process in ms, and generation-0 collections meanwhile.</returns>
    public (double WallMs, double CpuMs, int Collections) Serve(int orders, int signingRounds)
    {
        var (collections, cpu, started) = (GC.CollectionCount(0), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        for (var served = 0; served < orders; served++)
        {
            _recent[served % Recent] = Answer(_requests[served % _requests.Length], signingRounds);
        }

        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, GC.CollectionCount(0) - collections);
    }

    private byte[] Answer(byte[] request, int signingRounds)
    {
        var order = JsonSerializer.Deserialize<Order>(request)!;
        var lines = order.Lines.GroupBy(line => line.Article).Select(article => new Line(article.Key, article.Sum(line => line.Count), _prices[article.Key])).ToArray();
        var answer = JsonSerializer.SerializeToUtf8Bytes(new Order(order.Customer, lines));
        Span<byte> signature = stackalloc byte[SHA256.HashSizeInBytes];
        for (var round = 0; round < signingRounds; round++)
        {
            SHA256.HashData(answer, signature);
        }

        return signature.ToArray();
    }

    private static byte[] RequestOf(int number) =>
        JsonSerializer.SerializeToUtf8Bytes(new Order($"customer {number}", [.. Enumerable.Range(0, 12).Select(line => new Line($"article-{(number * 31 + line * 7) % Articles}", 1 + line % 3, 0))]));

    private sealed record Order(string Customer, IReadOnlyList<Line> Lines);

    private sealed record Line(string Article, int Count, decimal Price);
}
