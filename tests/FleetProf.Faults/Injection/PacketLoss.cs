using System.Globalization;

namespace FleetProf.Faults.Injection;

/// <summary>Packets to or from one port of this machine that never arrive.</summary>
/// <param name="port">Its port.</param>
/// <param name="isFrom">What it answers is lost instead of what it is sent.</param>
/// <param name="share">Of the packets; all of them: one direction of a partition. TCP sends what is lost again, after its successors have arrived.</param>
internal sealed class PacketLoss(int port, bool isFrom = false, double share = 1)
{
    private readonly string[] rule =
    [
        "-o", "lo", "-p", "tcp", isFrom ? "--sport" : "--dport", port.ToString(CultureInfo.InvariantCulture),
        .. share < 1 ? ["-m", "statistic", "--mode", "random", "--probability", share.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        "-m", "comment", "--comment", Leftovers.Mark, "-j", "DROP",
    ];

    private static readonly List<PacketLoss> Active = [];

    public static bool IsPossible { get; } = SystemCommand.TryRun("iptables", "-w", "-L", "OUTPUT", "-n") is null;

    public void Begin()
    {
        // Before the machine's own rules, which may let these packets through.
        SystemCommand.Run("iptables", ["-w", "-I", "OUTPUT", "1", .. rule]);
        lock (Active)
        {
            Active.Add(this);
        }
    }

    public void End()
    {
        lock (Active)
        {
            if (Active.Remove(this))
            {
                SystemCommand.TryRun("iptables", ["-w", "-D", "OUTPUT", .. rule]);
            }
        }
    }

    /// <summary>However the run ends: the machine loses no more packets.</summary>
    public static void EndAll()
    {
        lock (Active)
        {
            Active.ToList().ForEach(loss => loss.End());
        }
    }
}
