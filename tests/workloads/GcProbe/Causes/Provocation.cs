namespace GcProbe.Causes;

/// <summary>Makes collections whose cause is known, and tells their numbers: the ground truth of the classifier.</summary>
internal static class Provocation
{
    /// <summary>The numbers of the collections that were made with this cause; null for an unknown cause.</summary>
    public static IReadOnlyList<long>? Run(string cause, int rounds) => cause switch
    {
        "healthy" => HealthyWork.Run(rounds),
        "survivors" => RepeatLong(rounds, YoungObjects.CollectAmongSurvivors),
        "compaction" => RepeatLong(rounds, YoungObjects.CollectAmongScatteredSurvivors),
        "pinning" => RepeatLong(rounds, YoungObjects.CollectAmongPinned),
        "finalization" => RepeatLong(rounds, YoungObjects.CollectFinalizable),
        "old-to-young" => RepeatLong(rounds, new OldObjects().CollectYoungReferred),
        "handles" => RepeatLong(rounds, Roots.CollectWithManyHandles),
        "stacks" => Roots.CollectWithDeepStacks(rounds),
        "slow-suspension" => Roots.CollectWhileAThreadDoesNotStop(rounds),
        "induced" => Repeat(rounds, FullCollections.Induce),
        "loh" => Repeat(rounds, FullCollections.UseUpLargeObjectBudget),
        "limit" => FullCollections.FillToTheLimit(rounds),
        "memory" => FullCollections.WorkUnderHighLoad(rounds),
        "fragmentation" => FullCollections.Fragment(rounds),
        "throttled" => Throttling.CollectWhileThrottled(rounds),
        _ => null,
    };

    /// <summary>Collects so many times; a negative number says that nothing is known of that time.</summary>
    public static List<long> Repeat(int rounds, Func<long> collect)
    {
        var numbers = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            var number = collect();
            if (number >= 0) numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>What makes a collection long is a cause only where it did: the others are left out.</summary>
    public static List<long> RepeatLong(int rounds, Func<long> collect)
    {
        var numbers = new List<long>();
        for (var round = 0; numbers.Count < rounds && round < rounds * 3; round++)
        {
            var number = collect();
            if (number >= 0 && Garbage.WasLong) numbers.Add(number);
        }

        return numbers;
    }
}
