using FleetProf.Cli.Up;

namespace FleetProf.Cli.Demo;

/// <summary>The demo's own folder inside the data folder: every demo starts with an empty fleet, and nothing else is ever deleted.</summary>
internal static class DemoFolder
{
    private const string Name = "demo";
    private const string Marker = "made-by-fleetprof-demo";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Path of the fresh folder.</summary>
    /// <exception cref="CommandFailedException">There is something that no demo has made, or an earlier demo's silo does not end.</exception>
    public static async Task<string> MakeFreshAsync(string dataFolder, TimeProvider clock, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(dataFolder, Name);
        if (Directory.Exists(folder))
        {
            if (!File.Exists(Path.Combine(folder, Marker)))
            {
                throw new CommandFailedException(ExitCode.Usage, $"{folder} was not made by a demo and is left alone.", "Name another folder with --data.");
            }

            await UntilUnusedAsync(Path.Combine(folder, "silo", "silo.lock"), clock, cancellationToken);
            Directory.Delete(folder, recursive: true);
        }

        PrivateFolder.Create(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, Marker), "The next demo deletes this folder.\n", cancellationToken);
        return folder;
    }

    /// <summary>Nobody is hurt when a demo service stands still: who tries things out need not wait between two heap snapshots.</summary>
    public static async Task<string> WritePolicyAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "policy.json");
        await File.WriteAllTextAsync(path, """{ "gcdumpCooldownSeconds": 0, "maxCapturesPerHour": 1000 }""", cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            // Where a person's files are their group's to write the agent would refuse it.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    /// <summary>The silo of a demo that was killed ends by itself, a little later.</summary>
    private static async Task UntilUnusedAsync(string siloLock, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (File.Exists(siloLock))
        {
            using var taken = FolderLock.TryTake(siloLock);
            if (taken is not null)
            {
                return;
            }

            if (clock.GetElapsedTime(started) > Patience)
            {
                throw new CommandFailedException(ExitCode.Usage, $"The silo of an earlier demo still uses {Path.GetDirectoryName(siloLock)}.", "End it, or name another folder with --data.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }
    }
}
