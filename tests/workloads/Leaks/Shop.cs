namespace Leaks;

/// <summary>What a healthy shop has in memory: about 100 KB that nobody should suspect of anything.</summary>
internal sealed class Shop
{
    private readonly Dictionary<int, Article> articles = Enumerable.Range(0, 200).ToDictionary(number => number, number => new Article($"article {number}", new byte[200]));
    private readonly Queue<string> latest = new(Enumerable.Range(0, 100).Select(number => $"visitor {number}"));

    public int Size => articles.Count + latest.Count;

    private sealed record Article(string Name, byte[] Picture);
}
