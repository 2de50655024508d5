using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Faults.Fleet;

/// <summary>The REST interface, as a script uses it. Every call may fail with <see cref="HttpRequestException"/> or <see cref="TaskCanceledException"/> while something is down.</summary>
internal sealed class PortalCalls : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly HttpClient http;
    private string? viewerToken;

    private PortalCalls(ConnectionFile connection)
    {
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(connection.Url), Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", connection.Token);
    }

    public static PortalCalls Open(string connectionFile) => new(JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllText(connectionFile), JsonSerializerOptions.Web)!);

    /// <summary>The id of the new campaign; null with the answer's text when it was refused or nobody knows whether it was taken.</summary>
    /// <param name="spec">What is wanted.</param>
    /// <param name="key">Repeated with the same key, it is created once.</param>
    public async Task<(string? Campaign, string Text)> CreateAsync(CampaignSpec spec, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/campaigns") { Content = JsonContent.Create(spec, options: Json) };
        request.Headers.Add("Idempotency-Key", key);
        try
        {
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return (answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement.GetProperty("operationId").GetString() : null, text);
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException)
        {
            return (null, away.Message);
        }
    }

    /// <summary>Null: the portal does not know it.</summary>
    public Task<Campaign?> CampaignAsync(string id) => FindAsync<Campaign>($"/api/v1/campaigns/{id}");

    public Task<Capture?> CaptureAsync(string id) => FindAsync<Capture>($"/api/v1/captures/{id}");

    public async Task<IReadOnlyList<Capture>> CapturesAsync() => (await FindAsync<IReadOnlyList<Capture>>("/api/v1/captures?limit=100"))!;

    /// <summary>The id of a running process of a service; null while it is not watched.</summary>
    public async Task<string?> WatchedAsync(string service, int pid) =>
        (await FindAsync<IReadOnlyList<Instance>>($"/api/v1/instances?service={service}&limit=100"))!.FirstOrDefault(instance => instance.State == InstanceState.Running && instance.Pid == pid)?.InstanceId;

    /// <summary>Processes that a campaign could draw now.</summary>
    public async Task<int> CandidatesAsync(CampaignSpec spec)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/campaigns/preview", spec, Json);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<CampaignPreview>(Json))!.Candidates.Count;
    }

    /// <summary>Does as a viewer what only an admin may; the target that the audit log must tell. Throws <see cref="HttpRequestException"/> when it is not answered with Forbidden.</summary>
    public async Task<string> BeDeniedAsync()
    {
        viewerToken ??= await MakeViewerAsync();
        var path = $"/api/v1/tokens/{Guid.NewGuid():n}/revoke";
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", viewerToken);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.Forbidden ? path : throw new HttpRequestException($"A viewer was answered with {answer.StatusCode} instead of Forbidden.");
    }

    /// <summary>Of the original as it comes back; empty when there is none.</summary>
    public async Task<string> DownloadedShaAsync(string capture)
    {
        using var answer = await http.GetAsync(new Uri($"/api/v1/captures/{capture}/files/original.nettrace", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return "";
        }

        answer.EnsureSuccessStatusCode();
        await using var bytes = await answer.Content.ReadAsStreamAsync();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes));
    }

    /// <summary>Reads what the captures of a campaign hold together; false when there is nothing.</summary>
    public async Task<bool> ReadEstimatesAsync(string campaign, string table)
    {
        using var answer = await http.GetAsync(new Uri($"/api/v1/campaigns/{campaign}/fleet?table={table}", UriKind.Relative));
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        answer.EnsureSuccessStatusCode();
        return true;
    }

    /// <summary>The flame graph of a capture of kind trace; null when the portal, or the silo that it asks, has none.</summary>
    public async Task<string?> FlameAsync(string capture)
    {
        using var answer = await http.GetAsync(new Uri($"/api/v1/captures/{capture}/files/cpu.flame.json", UriKind.Relative));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
    }

    /// <summary>Every row of the audit log.</summary>
    public async Task<IReadOnlyList<AuditEntry>> AuditAsync() =>
    [
        .. (await http.GetStringAsync(new Uri("/api/v1/audit/export?format=json", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<AuditEntry>(line, Json)!),
    ];

    public void Dispose() => http.Dispose();

    private async Task<string> MakeViewerAsync()
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/tokens", new ApiTokenRequest { Name = "faults-viewer" }, Json);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<ApiTokenCreation>(Json))!.Token;
    }

    private async Task<T?> FindAsync<T>(string path)
        where T : class
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<T>(Json);
    }

    private sealed record ConnectionFile(string Url, string Token);
}
