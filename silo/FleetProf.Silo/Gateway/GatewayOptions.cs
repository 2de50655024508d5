namespace FleetProf.Silo.Gateway;

/// <summary>Options of section FleetProf:Gateway.</summary>
public sealed class GatewayOptions
{
    public const string Section = "FleetProf:Gateway";

    /// <summary>How often agents give a sign of life. Default: 10 s. 1 s to 1 minute.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A session without a sign of life for so long may be taken over by another process. Default: 35 s. Above <see cref="HeartbeatInterval"/>.</summary>
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromSeconds(35);

    /// <summary>A connection that has not introduced itself by then is closed. Default: 10 s. At least 1 s.</summary>
    public TimeSpan HelloTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Sessions at once; more are refused with the time to come back. Default: 20,000. Above 0.</summary>
    public int MaxSessions { get; set; } = 20_000;

    /// <summary>
    /// Connections per second in the long run; after a restart all agents come at once. Default: 60 per processor, since each takes some 10 ms of it, and those who
    /// are back send what they kept. Above 0.
    /// </summary>
    public int ConnectsPerSecond { get; set; } = 60 * Environment.ProcessorCount;

    /// <summary>Connections at once before <see cref="ConnectsPerSecond"/> counts. Default: 1,000. Above 0.</summary>
    public int ConnectBurst { get; set; } = 1_000;

    /// <summary>TLS handshakes of agents at once; more wait. Default: 32 per processor. Above 0.</summary>
    public int MaxHandshakes { get; set; } = 32 * Environment.ProcessorCount;

    /// <summary>A connection that would wait longer for its handshake is closed. Default: 3 s; agents give up after 10 s. 100 ms to 8 s.</summary>
    public TimeSpan MaxHandshakeWait { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Previews of running windows that agents send together per second: where there are more agents, each sends less often, at least every 10 s. A fortieth of it while
    /// nobody looks at the live fleet, at least every minute. Default: 1,000 per processor. Above 0.
    /// </summary>
    public int PreviewsPerSecond { get; set; } = 1_000 * Environment.ProcessorCount;

    /// <summary>Frames that one agent may send per second in the long run; what is beyond is read later. Default: 50, where agents send one or two. Above 0.</summary>
    public int AgentFramesPerSecond { get; set; } = 50;

    /// <summary>The same for bytes. Default: 1 MiB. Above 0.</summary>
    public int AgentBytesPerSecond { get; set; } = 1024 * 1024;

    /// <summary>Uploads of artifacts at once; further ones are asked to come later. Default: 64. Above 0.</summary>
    public int MaxUploads { get; set; } = 64;

    /// <summary>The same of one agent, which needs one, and another where its connection broke unnoticed. Default: 4. Above 0.</summary>
    public int MaxUploadsPerAgent { get; set; } = 4;

    /// <summary>
    /// Calls about uploads of one agent within a minute; further ones are asked to come later. Default: 600, where an artifact takes three each time that it is
    /// tried. Above 0.
    /// </summary>
    public int UploadCallsPerMinute { get; set; } = 600;

    /// <summary>The longest time that an agent is asked to wait that was turned away; agents wait five minutes at most. Default: 5 minutes. At least 1 s.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    public IEnumerable<string> Problems()
    {
        var second = TimeSpan.FromSeconds(1);
        if (HeartbeatInterval < second || HeartbeatInterval > TimeSpan.FromMinutes(1))
        {
            yield return $"{Section}:{nameof(HeartbeatInterval)} = {HeartbeatInterval} must be between one second and one minute.";
        }

        if (SilentAfter <= HeartbeatInterval)
        {
            yield return $"{Section}:{nameof(SilentAfter)} = {SilentAfter} must be longer than {nameof(HeartbeatInterval)} ({HeartbeatInterval}).";
        }

        foreach (var (name, value) in new[] { (nameof(HelloTimeout), HelloTimeout), (nameof(MaxRetryAfter), MaxRetryAfter) }.Where(entry => entry.Item2 < second))
        {
            yield return $"{Section}:{name} = {value} must be at least one second.";
        }

        if (MaxHandshakeWait < TimeSpan.FromMilliseconds(100) || MaxHandshakeWait > TimeSpan.FromSeconds(8))
        {
            yield return $"{Section}:{nameof(MaxHandshakeWait)} = {MaxHandshakeWait} must be between 100 ms and 8 s, for example 00:00:03.";
        }

        var counts = new[]
        {
            (nameof(MaxSessions), MaxSessions), (nameof(MaxHandshakes), MaxHandshakes), (nameof(ConnectsPerSecond), ConnectsPerSecond), (nameof(ConnectBurst), ConnectBurst),
            (nameof(PreviewsPerSecond), PreviewsPerSecond), (nameof(AgentFramesPerSecond), AgentFramesPerSecond), (nameof(AgentBytesPerSecond), AgentBytesPerSecond),
            (nameof(MaxUploads), MaxUploads), (nameof(MaxUploadsPerAgent), MaxUploadsPerAgent), (nameof(UploadCallsPerMinute), UploadCallsPerMinute),
        };
        foreach (var (name, value) in counts.Where(entry => entry.Item2 <= 0))
        {
            yield return $"{Section}:{name} = {value} must be above 0.";
        }
    }
}
