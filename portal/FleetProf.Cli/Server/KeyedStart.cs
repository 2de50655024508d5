namespace FleetProf.Cli.Server;

/// <summary>Starts something once, however often it must be asked for: the portal knows it by its key.</summary>
internal static class KeyedStart
{
    private const int Attempts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>A portal that wants to be left alone for longer is not waited for.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>The exit code that <paramref name="follow"/> makes of what <paramref name="post"/>, which sends <paramref name="key"/>, has started.</summary>
    /// <param name="context">Of the command.</param>
    /// <param name="key">Of what is started.</param>
    /// <param name="resolved">Options with a space behind each, in place of those that mean something else when the command is given again.</param>
    /// <param name="post">Asks for it, once.</param>
    /// <param name="follow">What is done with the answer.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CommandFailedException">No answer came at last; the next step names the key, as it may have been started.</exception>
    public static async Task<int> RunAsync<T>(
        CliContext context, string key, string resolved, Func<Task<T>> post, Func<T, Task<int>> follow, CancellationToken cancellationToken)
    {
        try
        {
            return await follow(await PostAsync(context, post, cancellationToken));
        }
        catch (CommandFailedException failure) when (failure.ExitCode == ExitCode.Unreachable)
        {
            throw new CommandFailedException(failure.ExitCode, failure.Message, $"{failure.NextStep} {KeyOption.Advice(resolved, key)}".TrimStart());
        }
    }

    private static async Task<T> PostAsync<T>(CliContext context, Func<Task<T>> post, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await post();
            }
            catch (CommandFailedException failure) when (failure.ExitCode == ExitCode.Unreachable && attempt < Attempts && (failure.RetryAfter ?? Pause) <= LongestPause)
            {
                if (context.ShowsProgress)
                {
                    context.Console.Note($"{failure.Message} Asking again.");
                }

                await Task.Delay(failure.RetryAfter ?? Pause, context.Clock, cancellationToken);
            }
        }
    }
}
