using System.Globalization;

namespace FleetProf.Faults.Injection;

/// <summary>Packets to one port of this machine that never arrive: one direction of a partition.</summary>
internal sealed class PacketLoss(int port)
{
    private readonly string[] rule =
        ["-o", "lo", "-p", "tcp", "--dport", port.ToString(CultureInfo.InvariantCulture), "-m", "comment", "--comment", "fleetprof-faults", "-j", "DROP"];

    private static readonly List<PacketLoss> Active = [];

    public static bool IsPossible { get; } = SystemCommand.TryRun("iptables", "-w", "-L", "OUTPUT", "-n") is null;

    public void Begin()
    {
        SystemCommand.Run("iptables", ["-w", "-A", "OUTPUT", .. rule]);
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
