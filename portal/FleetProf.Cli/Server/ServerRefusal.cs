using System.Net;
using System.Text.Json;

namespace FleetProf.Cli.Server;

/// <summary>Turns an RFC 9457 problem into a message and an exit code.</summary>
internal static class ServerRefusal
{
    public static async Task<CommandFailedException> OfAsync(HttpResponseMessage response, TimeProvider clock, CancellationToken cancellationToken)
    {
        var problem = await ReadAsync(response, clock, cancellationToken);
        var message = problem?.Errors is { Count: > 0 } errors
            ? string.Join("; ", errors.Select(field => $"{field.Key}: {string.Join(' ', field.Value)}"))
            : problem?.Detail ?? problem?.Title ?? $"The portal answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Redirect => new(
                ExitCode.Auth, "The portal did not accept the token.", "Take the token from the server's connection.json (--data DIR, --token or FLEETPROF_TOKEN)."),
            // The token is known: another one is not the remedy, a right is.
            HttpStatusCode.Forbidden => new(ExitCode.Auth, message),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests =>
                new(ExitCode.Unreachable, message) { RetryAfter = response.Headers.RetryAfter?.Delta },
            _ => new(ExitCode.Usage, message),
        };
    }

    private static async Task<Problem?> ReadAsync(HttpResponseMessage response, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await AnswerStream.OfAsync(response, cancellationToken, clock);
            return await JsonSerializer.DeserializeAsync<Problem>(body, CliJson.Options, cancellationToken);
        }
        catch (Exception other) when (other is JsonException or CommandFailedException or HttpRequestException or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
