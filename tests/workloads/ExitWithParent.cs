namespace FleetProf.Workloads;

/// <summary>Ends the process when its parent closes standard input or dies: nothing of a demo or a test stays behind.</summary>
internal static class ExitWithParent
{
    /// <summary>Does nothing unless the first arguments ask for it.</summary>
    public static void Arm(string[] args)
    {
        if (!args.Contains("--exit-with-parent"))
        {
            return;
        }

        var watcher = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            var buffer = new byte[64];
            while (input.Read(buffer) > 0)
            {
            }

            Environment.Exit(0);
        })
        { IsBackground = true, Name = "exit with parent" };
        watcher.Start();
    }
}
