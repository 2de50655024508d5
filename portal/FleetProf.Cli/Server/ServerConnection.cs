using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace FleetProf.Cli.Server;

/// <summary>A REST client of the portal; every failure is a <see cref="CommandFailedException"/> with the right exit code.</summary>
public sealed class ServerConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;

    private ServerConnection(Uri url, string token, TimeProvider clock)
    {
        _clock = clock;
        // Links of answers are never followed to another place. The variables of a proxy hold for this host too, and the proxy would read the token.
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, UseProxy = !url.IsLoopback })
        {
            BaseAddress = url,
            Timeout = Patience,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <param name="url">Of the portal, by option or environment; null: that of connection.json.</param>
    /// <param name="token">By option or environment; null: that of connection.json, if it is the same portal's.</param>
    /// <param name="dataFolder">Where connection.json is, or is not.</param>
    /// <param name="isFolderNamed">Whether somebody named that folder. Else its file may be anybody's: it may have come with a repository.</param>
    /// <param name="allowsPlainHttp">Whether the token may go to another host without TLS.</param>
    /// <param name="clock">Counts how long an answer stalls; the system's when left out.</param>
    /// <exception cref="CommandFailedException">Nothing tells where the portal is, no token is known for it or can be one, or it would go to somebody else, or there for everybody to read.</exception>
    public static ServerConnection Open(string? url, string? token, string dataFolder, bool isFolderNamed = false, bool allowsPlainHttp = false, TimeProvider? clock = null)
    {
        // Who names both needs no file, nor one that can be read.
        var connection = url is not null && token is not null ? null : Connection.Read(dataFolder);
        var address = url ?? connection?.Url ?? throw new CommandFailedException(
            ExitCode.Unreachable,
            $"No portal is known: there is no {Connection.FileName} in {dataFolder}.",
            "Start one with `fleetprof demo` or `fleetprof up`, name its folder with --data, or give --url and --token.");
        if (!Uri.TryCreate(address.Trim().TrimEnd('/') + "/", UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
        {
            throw new CommandFailedException(ExitCode.Usage, $"'{address}' is not an address such as http://127.0.0.1:8080.");
        }

        if (url is null && token is not null && !isFolderNamed && !parsed.IsLoopback)
        {
            throw new CommandFailedException(
                ExitCode.Auth,
                $"The token of --token or FLEETPROF_TOKEN is not sent to {address}: that address is from {Path.Combine(dataFolder, Connection.FileName)}, which may be anybody's.",
                $"Name the token's portal with --url or FLEETPROF_URL, or that file with --data {dataFolder}.");
        }

        if (parsed is { Scheme: "http", IsLoopback: false } && !allowsPlainHttp)
        {
            throw new CommandFailedException(
                ExitCode.Usage, $"{address} is on another host, without TLS: whoever is on the way could read the token.", "Use https://, or --allow-plain-http where nobody else is on that network.");
        }

        // The token of one portal is not sent to another.
        var known = connection?.IsOf(parsed) == true ? connection.Token : null;
        var chosen = token ?? known ?? throw new CommandFailedException(
            ExitCode.Auth,
            $"No token is known for {address}.",
            isFolderNamed ? "Give --token: with --data FLEETPROF_TOKEN counts for nothing." : "Give --token or set FLEETPROF_TOKEN; the token is in the server's connection.json.");
        return new(parsed, Checked(chosen), clock ?? TimeProvider.System);
    }

    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(new(HttpMethod.Get, path), cancellationToken);

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body ?? new { }, options: CliJson.Asking) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return SendAsync<T>(request, cancellationToken);
    }

    /// <summary>Where success is all there is to know.</summary>
    public async Task PostAsync(string path, CancellationToken cancellationToken, object? body = null)
    {
        using var response = await AskAsync(new(HttpMethod.Post, path) { Content = JsonContent.Create(body ?? new { }, options: CliJson.Asking) }, cancellationToken);
    }

    /// <summary>Headers first; the caller reads it as an <see cref="AnswerStream"/> and disposes.</summary>
    public Task<HttpResponseMessage> DownloadAsync(string path, CancellationToken cancellationToken) => AskAsync(new(HttpMethod.Get, path), cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(request, cancellationToken);
        try
        {
            await using var body = await AnswerStream.OfAsync(response, cancellationToken, _clock);
            return await JsonSerializer.DeserializeAsync<T>(body, CliJson.Options, cancellationToken)
                ?? throw new CommandFailedException(ExitCode.Unreachable, $"{_http.BaseAddress} answered nothing.");
        }
        catch (JsonException)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"{_http.BaseAddress} does not answer like a FleetProf portal.", "Check --url; update the CLI if the portal is newer.");
        }
    }

    /// <summary>Without the line break that files end with. Never printed: messages end up in logs.</summary>
    private static string Checked(string token) => token.Trim() is { Length: > 0 } trimmed && trimmed.All(character => character is > ' ' and <= '~')
        ? trimmed
        : throw new CommandFailedException(
            ExitCode.Usage, "The token is none: it is empty, or has a space, a line break or a letter beyond ASCII in it.", "Give the whole of what `fleetprof token create` printed, and nothing else.");

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException untrusted) when (untrusted.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            // The outermost message says no more than that the reason is within.
            throw new CommandFailedException(
                ExitCode.Unreachable,
                $"The portal at {_http.BaseAddress} cannot be reached by TLS: {untrusted.GetBaseException().Message}",
                "Where its certificate is of an authority of your own, name that authority's PEM file in SSL_CERT_FILE; else check --url.");
        }
        catch (HttpRequestException unreachable)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"The portal at {_http.BaseAddress} cannot be reached: {unreachable.Message}", "Is it running? `fleetprof up` or `fleetprof demo` starts one.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"The portal at {_http.BaseAddress} did not answer within {Patience.TotalSeconds:0} s.", "Try again; look into the portal's log if it repeats.");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ServerRefusal.OfAsync(response, _clock, cancellationToken);
        }
    }
}
