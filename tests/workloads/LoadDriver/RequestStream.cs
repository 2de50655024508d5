namespace FleetProf.Workloads.LoadDriver;

/// <summary>One request after another, paced by a timer: an answer that is late is not made up for.</summary>
internal sealed class RequestStream(HttpClient client, HttpMethod method, Uri uri, double requestsPerSecond)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / requestsPerSecond));
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                using var request = new HttpRequestMessage(method, uri);
                using var response = await client.SendAsync(request, cancellationToken);
                await response.Content.CopyToAsync(Stream.Null, cancellationToken);
            }
            catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // The service is away; the next tick tries again.
            }
        }
    }
}
