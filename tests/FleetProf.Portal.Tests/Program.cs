using FleetProf.Portal.Tests.FakeFleet;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace FleetProf.Portal.Tests;

/// <summary>Runs the tests; or `serve-fake [--port N]`: the real portal over a made-up fleet, to look at.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["serve-fake", ..])
        {
            return await ServeFake.RunAsync(args[1..]);
        }

        return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, (_, _) => { })
            : await ConsoleRunner.Run(args);
    }
}
