namespace Planted;

/// <summary>Induces blocking gen2 collections.</summary>
public static class Collector
{
    public static void Collect(int count)
    {
        for (var i = 0; i < count; i++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        }
    }
}
