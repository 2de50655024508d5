using System.Diagnostics;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Up;

/// <summary>Opens a link where there is a screen.</summary>
internal static class Browser
{
    public static void Open(string link, CliConsole console)
    {
        var hasDisplay = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            || console.Variable("DISPLAY") is not null || console.Variable("WAYLAND_DISPLAY") is not null;
        if (!hasDisplay)
        {
            return;
        }

        try
        {
            var start = OperatingSystem.IsWindows()
                ? new ProcessStartInfo(link) { UseShellExecute = true }
                : new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [link]) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var _ = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No opener on this host: the link is on the screen.
        }
    }
}
