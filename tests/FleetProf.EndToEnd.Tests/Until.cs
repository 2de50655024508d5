namespace FleetProf.EndToEnd.Tests;

/// <summary>Waits for what real processes do in their own time.</summary>
internal static class Until
{
    /// <summary>Asks until the answer is not null. A portal that is away for a moment is asked again. Throws <see cref="TimeoutException"/> with the wish and the last problem.</summary>
    public static async Task<T> NotNullAsync<T>(string wish, TimeSpan limit, Func<Task<T?>> ask)
        where T : class
    {
        var until = DateTime.UtcNow + limit;
        Exception? last = null;
        while (DateTime.UtcNow < until)
        {
            try
            {
                if (await ask() is { } answer)
                {
                    return answer;
                }

                last = null;
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException)
            {
                last = away;
            }

            await Task.Delay(250);
        }

        throw new TimeoutException($"{wish}: not within {limit.TotalSeconds:0} s. {last?.Message}");
    }

    /// <summary>Like <see cref="NotNullAsync"/>, for a yes.</summary>
    public static Task TrueAsync(string wish, TimeSpan limit, Func<Task<bool>> ask) =>
        NotNullAsync(wish, limit, async () => await ask() ? wish : null);
}
