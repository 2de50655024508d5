using System.Globalization;

namespace FleetProf.Faults.Injection;

/// <summary>Packets to one port of this machine that never arrive: one direction of a partition.</summary>
internal sealed class PacketLoss(int port)
{
    private readonly string[] rule =
        ["-o", "lo", "-p", "tcp", "--dport", port.ToString(CultureInfo.InvariantCulture), "-m", "comment", "--comment", "fleetprof-faults", "-j", "DROP"];

    private bool isOn;

    public static bool IsPossible { get; } = SystemCommand.TryRun("iptables", "-w", "-L", "OUTPUT", "-n") is null;

    public void Begin()
    {
        SystemCommand.Run("iptables", ["-w", "-A", "OUTPUT", .. rule]);
        isOn = true;
    }

    public void End()
    {
        if (isOn)
        {
            SystemCommand.Run("iptables", ["-w", "-D", "OUTPUT", .. rule]);
            isOn = false;
        }
    }
}
