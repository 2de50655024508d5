using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Confinement;

/// <summary>
/// Which files are left, by landlock(7): what a runtime reads at its start, the input to read and the output folder to write.
/// Of everything else the kernel opens nothing, whoever owns it; nor does it connect, signal or trace out of here.
/// </summary>
internal static unsafe class FileRules
{
    private const int AskVersion = 1;              // LANDLOCK_CREATE_RULESET_VERSION
    private const int PathBeneath = 1;             // LANDLOCK_RULE_PATH_BENEATH

    private const ulong Execute = 1 << 0;
    private const ulong WriteFile = 1 << 1;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadFolder = 1 << 3;
    private const ulong RemoveFile = 1 << 5;
    private const ulong MakeFolder = 1 << 7;
    private const ulong MakeFile = 1 << 8;
    private const ulong Truncate = 1 << 14;

    /// <summary>Programs, as a program that is linked is started by way of its loader; the filter of calls starts none.</summary>
    private const ulong Read = Execute | ReadFile | ReadFolder;
    private const ulong Write = WriteFile | ReadFile | ReadFolder | RemoveFile | MakeFolder | MakeFile | Truncate;

    /// <summary>What a rule about a single file may say.</summary>
    private const ulong OfFiles = Execute | WriteFile | ReadFile | Truncate;

    /// <summary>Where the C library, the runtime's dependencies and its facts about the machine are; what is not there is left out.</summary>
    private static readonly string[] SystemPaths =
    [
        "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime", "/etc/dotnet",
        "/proc", "/sys/fs/cgroup", "/sys/devices/system", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom",
    ];

    /// <summary>Holds this thread and all that it starts from now on, threads and programs; for good.</summary>
    /// <param name="inputs">Files, or folders with all that is in them.</param>
    /// <param name="output">Null writes nowhere. Made when missing.</param>
    /// <returns>False where the kernel has no landlock or has it switched off.</returns>
    public static bool TryHold(IEnumerable<string> inputs, string? output)
    {
        var version = (int)Kernel.Call(SystemCalls.LandlockCreateRuleset, 0, 0, AskVersion);
        if (version < 1)
        {
            return false;
        }

        var rules = RulesOf(version);
        var ruleset = (int)Kernel.Call(SystemCalls.LandlockCreateRuleset, (nint)(&rules), sizeof(Ruleset));
        if (ruleset < 0)
        {
            return false;
        }

        try
        {
            foreach (var path in SystemPaths.Concat(OwnFolders()).Concat(inputs))
            {
                Leave(ruleset, path, Read & rules.Files);
            }

            if (output is not null)
            {
                Directory.CreateDirectory(output);
                Leave(ruleset, output, Write & rules.Files);
            }

            return Kernel.Call(SystemCalls.LandlockRestrictSelf, ruleset) == 0;
        }
        finally
        {
            Kernel.Close(ruleset);
        }
    }

    /// <summary>Everything that a version can forbid: what is named here and left to nobody is forbidden.</summary>
    private static Ruleset RulesOf(int version) => new(
        Files: version switch { 1 => 0x1FFF, 2 => 0x3FFF, 3 or 4 => 0x7FFF, _ => 0xFFFF },
        Network: version >= 4 ? 3ul : 0,           // binding and connecting TCP
        Scopes: version >= 6 ? 3ul : 0);           // abstract sockets and signals

    /// <summary>The program's and the runtime's, wherever they are installed.</summary>
    private static IEnumerable<string> OwnFolders()
    {
        var loaded = ((string[])["TRUSTED_PLATFORM_ASSEMBLIES", "NATIVE_DLL_SEARCH_DIRECTORIES"])
            .SelectMany(name => (AppContext.GetData(name) as string ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .Select(path => Path.GetDirectoryName(path)!)
            .Append(AppContext.BaseDirectory)
            .Append(Path.GetDirectoryName(Environment.ProcessPath)!);

        // The host that starts the runtime looks from the folder above shared/NAME/VERSION.
        var shared = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/')).Parent?.Parent;
        var host = shared is { Name: "shared", Parent: { } root } ? [root.FullName] : Array.Empty<string>();
        return [.. loaded.Concat(host).Concat((Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A file without a name in any folder, as memory has, can have no rule and needs none.</summary>
    private static void Leave(int ruleset, string path, ulong rights)
    {
        var named = Kernel.Name(path);
        if (named < 0)
        {
            return;
        }

        var rule = new PathRule(Directory.Exists(path) ? rights : rights & OfFiles, named);
        Kernel.Call(SystemCalls.LandlockAddRule, ruleset, PathBeneath, (nint)(&rule));
        Kernel.Close(named);
    }

    /// <summary>struct landlock_ruleset_attr; what a kernel does not know of it must be zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Ruleset(ulong Files, ulong Network, ulong Scopes);

    /// <summary>struct landlock_path_beneath_attr.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct PathRule(ulong Rights, int Folder);
}
