using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;

namespace FleetProf.EndToEnd.Tests;

/// <summary>The REST interface, found through connection.json as any script finds it.</summary>
internal sealed class PortalClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly HttpClient _http;

    private PortalClient(ConnectionFile connection)
    {
        _http = new() { BaseAddress = new Uri(connection.Url), Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", connection.Token);
        Url = connection.Url;
    }

    public string Url { get; }

    public static PortalClient Open(string dataFolder) =>
        new(JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllText(Path.Combine(dataFolder, "connection.json")), JsonSerializerOptions.Web)!);

    /// <summary>Running instances of a service.</summary>
    public async Task<IReadOnlyList<Instance>> InstancesAsync(string service, string? version = null) =>
        [.. (await GetAsync<IReadOnlyList<Instance>>($"/api/v1/instances?service={service}&limit=1000"))
            .Where(instance => instance.State == InstanceState.Running && (version is null || instance.Version == version))];

    public Task<IReadOnlyList<Comparison>> ComparisonsAsync(string service) => GetAsync<IReadOnlyList<Comparison>>($"/api/v1/comparisons?service={service}");

    public Task<Campaign> CampaignAsync(string id) => GetAsync<Campaign>($"/api/v1/campaigns/{id}");

    public Task<Capture> CaptureAsync(string id) => GetAsync<Capture>($"/api/v1/captures/{id}");

    /// <summary>The id of the new campaign.</summary>
    public async Task<string> CreateCampaignAsync(CampaignSpec spec) => await TryCreateCampaignAsync(spec) ?? throw new InvalidOperationException("No instance of the campaign's services is known.");

    /// <summary>
    /// The id of the new campaign; null when the silo that is asked does not know its instances yet. Throws <see cref="HttpRequestException"/> while the portal
    /// is without a silo that answers, and while those that it knows are just coming back.
    /// </summary>
    public async Task<string?> TryCreateCampaignAsync(CampaignSpec spec)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/campaigns", spec, Json);
        var text = await answer.Content.ReadAsStringAsync();
        if (text.Contains("No running instance of", StringComparison.Ordinal))
        {
            // Each silo learns of the other's new instances within a second.
            return null;
        }

        if (answer.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            answer.EnsureSuccessStatusCode();
        }

        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("operationId").GetString()!;
    }

    /// <summary>Stops captures of a service, or of all ("*").</summary>
    public Task<CaptureHold> PlaceHoldAsync(string service, string reason) => PostAsync<CaptureHold>("/api/v1/holds", new { service, reason });

    public async Task LiftHoldAsync(string service)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/holds/lift", new { service, reason = "over" }, Json);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Why a campaign may not start now. Throws <see cref="HttpRequestException"/> while the portal is without a silo that answers.</summary>
    public async Task<string> RefusalAsync(CampaignSpec spec)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/campaigns", spec, Json);
        if (answer.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            answer.EnsureSuccessStatusCode();
        }

        Assert.Equal(System.Net.HttpStatusCode.Conflict, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!;
    }

    /// <summary>Another one-time link.</summary>
    public async Task<string> LoginLinkAsync()
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/login-links", new { }, Json);
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("loginUrl").GetString()!;
    }

    /// <summary>A stored JSON result of a capture.</summary>
    public Task<JsonElement> ResultAsync(string captureId, string file) => GetAsync<JsonElement>($"/api/v1/captures/{captureId}/files/{file}");

    public Task<byte[]> BytesAsync(string path) => _http.GetByteArrayAsync(path);

    private async Task<T> PostAsync<T>(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body, Json);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<T>(Json))!;
    }

    public async Task<T> GetAsync<T>(string path) => (await _http.GetFromJsonAsync<T>(path, Json))!;

    public void Dispose() => _http.Dispose();

    internal sealed record ConnectionFile(string Url, string Token, string LoginUrl);
}
