using Microsoft.AspNetCore.Identity;

namespace FleetProf.Silo.Tests.Access.People;

/// <summary>Compares passwords as usual, once a test lets it.</summary>
internal sealed class HeldHasher : IPasswordHasher<string>, IDisposable
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    private readonly PasswordHasher<string> usual = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim released = new();
    private int inside;
    private int mostInside;

    /// <summary>Somebody has begun to compare.</summary>
    public Task Reached => reached.Task;

    /// <summary>How many compared at once.</summary>
    public int MostAtOnce => Volatile.Read(ref mostInside);

    public void Release() => released.Set();

    public string HashPassword(string user, string password) => usual.HashPassword(user, password);

    public PasswordVerificationResult VerifyHashedPassword(string user, string hashedPassword, string providedPassword)
    {
        var now = Interlocked.Increment(ref inside);
        lock (usual)
        {
            mostInside = Math.Max(mostInside, now);
        }

        try
        {
            reached.TrySetResult();
            Assert.True(released.Wait(Ample), "The test never let it go on.");
            return usual.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    public void Dispose() => released.Dispose();
}
