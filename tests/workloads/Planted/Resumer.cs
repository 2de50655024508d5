using System.Runtime.CompilerServices;

namespace Planted;

/// <summary>Burns CPU behind an await and inside a lambda, so that compiler-made names appear in stacks.</summary>
public static class Resumer
{
    public static async Task ResumeAsync(int milliseconds)
    {
        await Task.Yield();
        var run = (int ms) => BurnInLambda(ms);
        run(milliseconds);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void BurnInLambda(int milliseconds) => Burner.BurnFor(TimeSpan.FromMilliseconds(milliseconds));
}
