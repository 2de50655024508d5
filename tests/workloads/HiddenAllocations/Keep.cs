namespace HiddenAllocations;

/// <summary>Where planted objects go, so that none can be left on the stack.</summary>
internal static class Keep
{
    public static object? Sink { get; set; }

    public static long Sum { get; set; }
}
