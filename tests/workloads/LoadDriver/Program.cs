// Sends requests at a steady rate: LoadDriver [--exit-with-parent] (METHOD URL REQUESTS_PER_SECOND)...
// Failures are counted, not fatal: services come and go during a redeploy.
using System.Globalization;
using FleetProf.Workloads;
using FleetProf.Workloads.LoadDriver;

ExitWithParent.Arm(args);
var words = args.Where(word => word != "--exit-with-parent").ToArray();
if (words.Length == 0 || words.Length % 3 != 0)
{
    await Console.Error.WriteLineAsync("usage: LoadDriver [--exit-with-parent] (METHOD URL REQUESTS_PER_SECOND)...");
    return 2;
}

using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
var streams = words.Chunk(3).Select(stream => new RequestStream(
    client,
    new HttpMethod(stream[0]),
    new Uri(stream[1]),
    double.Parse(stream[2], CultureInfo.InvariantCulture)));
await Task.WhenAll(streams.Select(stream => stream.RunAsync(CancellationToken.None)));
return 0;
