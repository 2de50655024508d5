using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Asynchronous methods: their boxes, their tasks, their lambdas.</summary>
internal static class Tasks
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task WaitAsync()
    {
        await Task.Yield();
        Keep.Sum++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<long> AnswerAtOnceAsync(int number)
    {
        if (number < 0)
        {
            await Task.Yield();
        }

        return number + 1_000_000L;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task RunLambdaAsync(int number)
    {
        Func<Task> run = async () =>
        {
            await Task.Yield();
            Keep.Sum += number;
        };
        return run();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SetDeadline()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        Keep.Sum += deadline.Token.CanBeCanceled ? 1 : 0;
    }
}
