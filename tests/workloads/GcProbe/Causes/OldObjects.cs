namespace GcProbe.Causes;

/// <summary>A huge old array that keeps being pointed at one young object: hardly anything survives, and all of the array must be looked through.</summary>
internal sealed class OldObjects
{
    private const int Slots = 8_000_000;
    private readonly object[] slots = new object[Slots];

    public long CollectYoungReferred()
    {
        var young = new object();
        for (var i = 0; i < Slots; i += 8) slots[i] = young;
        return Garbage.UntilCollected();
    }
}
