using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FleetProf.Cli.Server;
using FleetProf.TestKit.Processes;

namespace FleetProf.Cli.Tests.Stub;

/// <summary>A portal that answers what a test has put in, and remembers what it was asked.</summary>
internal sealed class StubPortal : IDisposable
{
    public const string Token = "fp_stub";

    private const int MostTries = 20;

    private readonly HttpListener _listener;
    private readonly ConcurrentDictionary<string, Queue<StubAnswer>> _answers = new(StringComparer.Ordinal);

    public StubPortal()
    {
        (_listener, Url) = Listen();
        _ = ServeAsync();
    }

    public string Url { get; }

    public ConcurrentQueue<StubRequest> Requests { get; } = new();

    /// <summary>Answers of the same route are given in turn; the last one stays.</summary>
    public StubPortal On(string route, object body, int status = 200) =>
        On(route, new StubAnswer(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(body, CliJson.Options)));

    public StubPortal On(string route, StubAnswer answer)
    {
        _answers.GetOrAdd(route, _ => new()).Enqueue(answer);
        return this;
    }

    public void Dispose() => _listener.Close();

    /// <summary>A port that was free may be another test's a moment later: then at another one.</summary>
    private static (HttpListener Listener, string Url) Listen()
    {
        for (var tries = 1; ; tries++)
        {
            var (listener, url) = (new HttpListener(), $"http://127.0.0.1:{FreePort.Next()}");
            listener.Prefixes.Add($"{url}/");
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (Exception taken) when (tries < MostTries && taken is HttpListenerException or SocketException)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var route = $"{context.Request.HttpMethod} {context.Request.RawUrl}";
        Requests.Enqueue(new(route, context.Request.Headers["Authorization"], context.Request.Headers["Idempotency-Key"], await reader.ReadToEndAsync()));
        var answer = context.Request.Headers["Authorization"] != $"Bearer {Token}" ? StubAnswer.Problem(401, "Not logged in") : Next(route);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        if (answer.Disposition is { } disposition)
        {
            context.Response.AddHeader("Content-Disposition", disposition);
        }

        if (answer.RetryAfter is { } seconds)
        {
            context.Response.AddHeader("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }

        context.Response.ContentLength64 = answer.Body.Length + answer.MissingBytes;
        await context.Response.OutputStream.WriteAsync(answer.Body);
        if (answer.IsStalled)
        {
            return;
        }

        if (answer.MissingBytes > 0)
        {
            context.Response.Abort();
        }
        else
        {
            context.Response.Close();
        }
    }

    private StubAnswer Next(string route)
    {
        var queue = _answers.GetValueOrDefault(route) ?? _answers.GetValueOrDefault(route.Split('?')[0]);
        return queue is null ? StubAnswer.Problem(404, $"nothing at {route}") : queue.Count > 1 ? queue.Dequeue() : queue.Peek();
    }
}
