using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>Short ways to ask REST in tests.</summary>
internal static class JsonAnswers
{
    public static async Task<JsonNode> JsonAsync(this HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, object body, string? idempotencyKey = null)
    {
        var request = PostOf(path, body);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The body is sent only once it is wanted: a server that refuses a large one closes the connection, which can tear its answer away from who still writes.</summary>
    public static Task<HttpResponseMessage> PostTooLargeAsync(this HttpClient client, string path, object body)
    {
        var request = PostOf(path, body);
        request.Headers.ExpectContinue = true;
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage PostOf(string path, object body) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };

    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    /// <summary>Checks everything that each problem must have and gives it back.</summary>
    public static async Task<JsonNode> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal((int)status, (int?)problem["status"]);
        Assert.NotEmpty((string)problem["title"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        Assert.NotEmpty((string)problem["type"]!);
        Assert.NotEmpty((string)problem["traceId"]!);
        Assert.Equal(response.RequestMessage!.RequestUri!.AbsolutePath, (string?)problem["instance"]);
        return problem;
    }

    public static async Task<JsonNode> InvalidAsync(this HttpResponseMessage response, string field)
    {
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        var errors = Assert.IsType<JsonObject>(problem["errors"]);
        Assert.True(errors.ContainsKey(field), errors.ToJsonString(JsonSerializerOptions.Web));
        return errors[field]!;
    }
}
