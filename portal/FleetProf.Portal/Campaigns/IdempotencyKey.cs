using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Campaigns;

/// <summary>The caller's own name of a request: sent again under the same one, it does nothing twice.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private const int Longest = 128;

    /// <summary>Null without one.</summary>
    public static string? Of(HttpRequest request) => request.Headers[Header] is { Count: > 0 } header ? header.ToString() : null;

    /// <summary>Null when there is none, or when it can be used.</summary>
    public static ProblemHttpResult? ProblemOf(string? key) => key is not null && (key.Length is 0 or > Longest || key.Any(char.IsControl))
        ? Problem.Invalid(Header, $"Send 1 to {Longest} characters, for example a UUID, or leave it out.")
        : null;

    /// <summary>What is stored under the key is not what is asked for now.</summary>
    public static ProblemHttpResult UsedBefore(string? key, string what) =>
        Problem.Conflict("The idempotency key was used before", $"{Header} '{key}' belongs to {what} with another content. Use a new key.");
}
