namespace Planted;

public sealed class RetainedOrder(RetainedOrder? previous, int[] lines)
{
    public RetainedOrder? Previous { get; } = previous;

    public int[] Lines { get; } = lines;
}
