namespace FleetProf.Faults.Injection;

/// <summary>The wall clock of one process, set through a file while it runs; its monotonic clock is left alone.</summary>
internal sealed class SetClock(string file)
{
    private static readonly string? Library = new[] { "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1" }.FirstOrDefault(File.Exists);

    /// <summary>Whether libfaketime is installed (Debian: faketime).</summary>
    public static bool IsPossible => Library is not null;

    /// <summary>For the process whose clock it is.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["LD_PRELOAD"] = Library!, ["FAKETIME_TIMESTAMP_FILE"] = file, ["FAKETIME_CACHE_DURATION"] = "1", ["DONT_FAKE_MONOTONIC"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };

    public void Set(string offset)
    {
        var next = file + ".next";
        File.WriteAllText(next, offset);
        File.Move(next, file, overwrite: true);
    }
}
