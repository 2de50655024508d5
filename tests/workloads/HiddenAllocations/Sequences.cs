using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Sequences that are objects: iterators, enumerators behind an interface, queries.</summary>
internal static class Sequences
{
    private static readonly IEnumerable<int>[] Kinds = [new List<int> { 1, 2, 3 }, new Queue<int>([1, 2, 3]), new HashSet<int> { 1, 2, 3 }, new LinkedList<int>([1, 2, 3])];
    private static readonly List<int> Numbers = [.. Enumerable.Range(0, 16)];

    public static void DrainIterator(int to)
    {
        foreach (var number in CountTo(to % 4))
        {
            Keep.Sum += number;
        }
    }

    public static void SumKinds(int number) => SumAll(Kinds[number % Kinds.Length]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FilterNumbers(int limit) => Keep.Sum += Numbers.Where(number => number > 3).Select(number => number * 2).OrderBy(number => -number).First();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEnumerable<int> CountTo(int to)
    {
        for (var i = 0; i < to; i++)
        {
            yield return i;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumAll(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            Keep.Sum += number;
        }
    }
}
