using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FleetProf.Tests;

/// <summary>
/// The end of a test run, in every test project. The runner (xunit 3.2) reads from a pipe what the tests say, and takes what it has not read when their
/// process ends for a crash: at once, if nothing came within the minute before. After a last test of two minutes that is a matter of luck; a second makes it none.
/// </summary>
internal static class TestRunEnd
{
    private static readonly TimeSpan RunnersPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UntilAllIsRead = TimeSpan.FromSeconds(1);

    [ModuleInitializer]
    internal static void WaitForTheRunner()
    {
        var began = Stopwatch.GetTimestamp();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Stopwatch.GetElapsedTime(began) >= RunnersPatience) Thread.Sleep(UntilAllIsRead);
        };
    }
}
