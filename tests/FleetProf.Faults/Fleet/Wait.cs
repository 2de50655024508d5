namespace FleetProf.Faults.Fleet;

/// <summary>Waits for what processes do in their own time.</summary>
internal static class Wait
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes; what is away is asked again. False after the limit.</summary>
    public static async Task<bool> UntilAsync(TimeSpan limit, Func<Task<bool>> ask)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await ask())
                {
                    return true;
                }
            }
            catch (Exception away) when (IsAway(away))
            {
                // Asked again.
            }

            if (System.Diagnostics.Stopwatch.GetElapsedTime(began) > limit)
            {
                return false;
            }

            await Task.Delay(Look);
        }
    }

    public static bool IsAway(Exception error) => error is HttpRequestException or TaskCanceledException or IOException or TimeoutException;
}
