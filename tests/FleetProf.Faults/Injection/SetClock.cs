using System.Buffers.Binary;

namespace FleetProf.Faults.Injection;

/// <summary>The wall clock of one process, which can be set while it runs (set-clock.c). Its other clocks are left alone: libfaketime's way with them makes reads from a database time out.</summary>
internal sealed class SetClock
{
    private static readonly Lazy<string> Folder = new(CreateFolder);
    private static readonly Lazy<string?> Library = new(Compile);
    private readonly string file = Path.Combine(Folder.Value, $"clock-{Guid.NewGuid():N}");

    public SetClock() => Set(TimeSpan.Zero);

    /// <summary>Whether there is a C compiler.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux() && Library.Value is not null;

    /// <summary>For the process whose clock it is, before it starts.</summary>
    public void GiveTo(IDictionary<string, string> environment)
    {
        environment["LD_PRELOAD"] = Library.Value!;
        environment["FLEETPROF_CLOCK"] = file;
    }

    /// <summary>For the next start of a process that had one.</summary>
    public static void TakeFrom(IDictionary<string, string> environment)
    {
        environment.Remove("LD_PRELOAD");
        environment.Remove("FLEETPROF_CLOCK");
    }

    /// <summary>How far the process is ahead, in whole seconds.</summary>
    public void Set(TimeSpan ahead)
    {
        var seconds = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)ahead.TotalSeconds);
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(seconds);
    }

    /// <summary>Gone with this process. What still has a file of it mapped keeps that to its own end.</summary>
    private static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-clock-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static string? Compile()
    {
        var library = Path.Combine(Folder.Value, "set-clock.so");
        return SystemCommand.TryRun("cc", "-shared", "-fPIC", "-O2", "-o", library, Path.Combine(AppContext.BaseDirectory, "set-clock.c")) is null ? library : null;
    }
}
