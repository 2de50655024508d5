namespace FleetProf.Cli.Up;

/// <summary>How long to wait before a child is started again: not at all after a minute of life; then, and after a quicker death, 0.5 s, doubled up to 30 s.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    private TimeSpan _next = First;

    public TimeSpan After(TimeSpan lived)
    {
        if (lived >= Healthy)
        {
            _next = First;
            return TimeSpan.Zero;
        }

        var wait = _next;
        _next = wait * 2 < Longest ? wait * 2 : Longest;
        return wait;
    }
}
