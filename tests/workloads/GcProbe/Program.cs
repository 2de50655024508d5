// A process that collects garbage on command and counts its own collections: the ground truth of the pause tests.
// Commands come line by line on stdin, every one is answered by one line; the process ends at EOF.
using System.Globalization;
using GcProbe;
using GcProbe.Causes;
using GcProbe.Serving;

var survivors = new List<byte[]>();
var orders = new Lazy<Orders>();
var stops = new BackgroundStops();
var seed = 12345u;
Answer("ready");
while (Console.ReadLine() is { } line)
{
    var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    stops.Note();
    switch (words)
    {
        case ["churn", var megabytes]:
            Churn(int.Parse(megabytes, CultureInfo.InvariantCulture));
            Answer("done");
            break;
        case ["collect", var generation, var how]:
            GC.Collect(int.Parse(generation, CultureInfo.InvariantCulture), GCCollectionMode.Forced, blocking: how != "background");
            Answer("done");
            break;
        case ["counts"]:
            Answer(string.Create(CultureInfo.InvariantCulture,
                $"{GC.CollectionCount(0)} {GC.CollectionCount(1)} {GC.CollectionCount(2)} {GC.GetTotalPauseDuration().TotalMilliseconds}"));
            break;
        case ["second-stops"]:
            stops.Note();
            Answer(stops.ToString());
            break;
        case ["serve", var count, var signingRounds]:
            var (wallMs, cpuMs, collections) = orders.Value.Serve(int.Parse(count, CultureInfo.InvariantCulture), int.Parse(signingRounds, CultureInfo.InvariantCulture));
            Answer(string.Create(CultureInfo.InvariantCulture, $"{wallMs} {cpuMs} {collections}"));
            break;
        case ["allocated"]:
            Answer(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
            break;
        case ["provoke", var cause, var rounds]:
            Answer(Provocation.Run(cause, int.Parse(rounds, CultureInfo.InvariantCulture)) is { } planted ? $"planted {string.Join(' ', planted)}" : $"unknown cause: {cause}");
            break;
        case ["requests", var seconds, var megabytesPerSecond, var requestMs]:
            PacedRequests.Run(double.Parse(seconds, CultureInfo.InvariantCulture), double.Parse(megabytesPerSecond, CultureInfo.InvariantCulture), int.Parse(requestMs, CultureInfo.InvariantCulture));
            Answer("done");
            break;
        default:
            Answer($"unknown command: {line}");
            break;
    }
}

void Answer(string text)
{
    Console.WriteLine(text);
    Console.Out.Flush();
}

// Short-lived small objects, some survivors of every age, now and then a large object.
void Churn(int megabytes)
{
    var remaining = megabytes * 1_000_000L;
    for (var blocks = 0; remaining > 0; blocks++)
    {
        if (blocks % 64 == 0) stops.Note();
        seed = seed * 1664525 + 1013904223;
        var size = seed % 1000 == 0 ? 200_000 : 64 + (int)(seed >> 8) % 2000;
        var block = new byte[Math.Max(size, 64)];
        remaining -= block.Length;
        if (seed % 50 == 0) survivors.Add(block);
        if (survivors.Count > 20_000) survivors.RemoveRange(0, 15_000);
    }
}
