using Microsoft.AspNetCore.Identity;

namespace FleetProf.Silo.Access.People;

/// <summary>
/// Makes and compares the hashes of passwords, slow on purpose: so many at once, so that strangers who try passwords leave processors to everything else.
/// Some more wait for their turn, all others are sent away before anything is looked at. Thread-safe.
/// </summary>
/// <param name="hasher">ASP.NET Core's own where none is given.</param>
/// <param name="places">How many at once; half of the processors where it is not given.</param>
internal sealed class PasswordDesk(IPasswordHasher<string>? hasher = null, int? places = null) : IDisposable
{
    /// <summary>A second or two at one place.</summary>
    public const int MostWaiting = 16;

    private readonly IPasswordHasher<string> slow = hasher ?? new PasswordHasher<string>();
    private readonly int most = (places ?? Places) + MostWaiting;
    private readonly SemaphoreSlim turns = new(places ?? Places);
    private int present;

    private static int Places => Math.Max(1, Environment.ProcessorCount / 2);

    /// <exception cref="GatewayTooBusyException">Too many are here already.</exception>
    public Task<string> HashAsync(string name, string password) => InTurnAsync(() => slow.HashPassword(name, password));

    /// <exception cref="GatewayTooBusyException">Too many are here already.</exception>
    public Task<bool> IsRightAsync(string name, string hash, string password) =>
        InTurnAsync(() => slow.VerifyHashedPassword(name, hash, password) != PasswordVerificationResult.Failed);

    public void Dispose() => turns.Dispose();

    private async Task<T> InTurnAsync<T>(Func<T> work)
    {
        try
        {
            if (Interlocked.Increment(ref present) > most)
            {
                throw new GatewayTooBusyException("Too many passwords are looked at already. Try again in a few seconds.");
            }

            await turns.WaitAsync();
            try
            {
                // Elsewhere: a grain that computes keeps all waiting who ask it for something else.
                return await Task.Run(work);
            }
            finally
            {
                turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref present);
        }
    }
}
