using System.Globalization;

namespace FleetProf.Faults.Injection;

/// <summary>Packets to or from ports of this machine that never arrive: one fault, however many ports make it up.</summary>
/// <param name="ends">The ports. From one: what it answers is lost instead of what it is sent.</param>
/// <param name="share">Of the packets; all of them: one direction of a partition. TCP sends what is lost again, after its successors have arrived.</param>
internal sealed class PacketLoss(IReadOnlyList<(int Port, bool IsFrom)> ends, double share = 1)
{
    private static readonly List<PacketLoss> Active = [];
    private static int begun;

    private readonly string mark = string.Create(CultureInfo.InvariantCulture, $"{Leftovers.Mark}-{Interlocked.Increment(ref begun)}");

    public static bool IsPossible { get; } = SystemCommand.TryRun("iptables", "-w", "-L", "OUTPUT", "-n") is null;

    private IEnumerable<string[]> Rules => ends.Select(end => (string[])
    [
        "-o", "lo", "-p", "tcp", end.IsFrom ? "--sport" : "--dport", end.Port.ToString(CultureInfo.InvariantCulture),
        .. share < 1 ? ["-m", "statistic", "--mode", "random", "--probability", share.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        "-m", "comment", "--comment", mark, "-j", "DROP",
    ]);

    /// <summary>
    /// All that the deaf ones of these servers are sent by the others. Two servers keep one connection for both directions, whoever dialled it, and only its dialled
    /// end has the port of its server: what comes from the port of one that hears is on its way to one that has dialled it.
    /// </summary>
    /// <param name="deaf">Ports of those that hear nothing.</param>
    /// <param name="servers">Ports of all of them: with more than two, those that hear would lose some of what they say to each other.</param>
    public static PacketLoss Towards(IReadOnlyCollection<int> deaf, IReadOnlyCollection<int> servers) =>
        new([.. deaf.Select(port => (port, false)), .. deaf.SelectMany(port => servers.Where(other => other != port)).Distinct().Select(other => (other, true))]);

    public void Begin()
    {
        lock (Active)
        {
            Active.Add(this);
        }

        foreach (var rule in Rules)
        {
            // Before the machine's own rules, which may let these packets through.
            SystemCommand.Run("iptables", ["-w", "-I", "OUTPUT", "1", .. rule]);
        }
    }

    /// <summary>Packets arrive again. Throws <see cref="InvalidOperationException"/> after that when all packets were to be lost and none came by: then there was no fault. Of a share, none may be lost by chance.</summary>
    public void End()
    {
        if (Remove() == 0 && share >= 1)
        {
            throw new InvalidOperationException($"No packet came by that could have been lost: {string.Join(", ", ends.Select(end => $"{(end.IsFrom ? "from" : "to")} port {end.Port}"))}.");
        }
    }

    /// <summary>However the run ends: the machine loses no more packets.</summary>
    public static void EndAll()
    {
        lock (Active)
        {
            Active.ToList().ForEach(loss => loss.Remove());
        }
    }

    /// <summary>How many packets were lost; null when it had ended before.</summary>
    private long? Remove()
    {
        lock (Active)
        {
            if (!Active.Remove(this))
            {
                return null;
            }

            var lost = SystemCommand.Read("iptables", "-w", "-v", "-x", "-n", "-L", "OUTPUT").Split('\n').Where(line => line.Contains($"/* {mark} */", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
            foreach (var rule in Rules)
            {
                SystemCommand.TryRun("iptables", ["-w", "-D", "OUTPUT", .. rule]);
            }

            return lost;
        }
    }
}
