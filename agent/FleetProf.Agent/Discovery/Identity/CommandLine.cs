using System.Text;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>A process's arguments, not redacted: never to leave this host as they are.</summary>
internal sealed record CommandLine(IReadOnlyList<string> Arguments)
{
    private const int UsualBytes = 4 * 1024;
    private const int MaxBytes = 64 * 1024;

    public static CommandLine Read(int pid)
    {
        // Nearly all fit. They may hold secrets, so that no pool is to keep them.
        Span<byte> few = stackalloc byte[UsualBytes];
        var count = LinuxFile.Read($"/proc/{pid}/cmdline", few, out _);
        if (count < UsualBytes) return Parse(Encoding.UTF8.GetString(few[..Math.Max(count, 0)]));
        var many = new byte[MaxBytes];
        count = LinuxFile.Read($"/proc/{pid}/cmdline", many, out _);
        return Parse(Encoding.UTF8.GetString(many, 0, Math.Max(count, 0)));
    }

    /// <summary>Arguments end with NUL each; a process that rewrote its title has one with spaces.</summary>
    public static CommandLine Parse(string text) => new(text.TrimEnd('\0').Split('\0'));

    /// <summary>
    /// The .dll that `dotnet` was asked to run, as written there (it may be relative), or null when the program is started by its own
    /// executable. Options of the host that come before it take a value or none, but never end with .dll.
    /// </summary>
    public string? ManagedProgram
    {
        get
        {
            if (!IsDotnetHost) return null;
            for (var i = 1; i < Arguments.Count && i < 64; i++)
            {
                if (Arguments[i] is "--depsfile" or "--runtimeconfig" or "--additional-deps" or "--additionalprobingpath" or "--fx-version" or "--roll-forward") i++;
                else if (Arguments[i].EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) return Arguments[i];
                else if (Arguments[i] is not "exec" && !Arguments[i].StartsWith('-')) return null;
            }
            return null;
        }
    }

    /// <summary>The file that `dotnet` was told to take the runtime's settings from, as written there; null where it takes the program's own.</summary>
    public string? RuntimeConfiguration => ManagedProgram is not { } program ? null
        : Arguments.TakeWhile(word => word != program).SkipWhile(word => word != "--runtimeconfig").Skip(1).FirstOrDefault();

    /// <summary>What the program was given, as the runtime writes it down: joined by spaces, without quotes.</summary>
    public string ProgramArguments => string.Join(' ', ManagedProgram is { } program ? Arguments.SkipWhile(word => word != program).Skip(1) : Arguments.Skip(1));

    /// <summary>Whether this is `dotnet` itself: with a program it is that program's host, without one it is the SDK's command line.</summary>
    public bool IsDotnetHost => NameOf(Arguments[0]) is "dotnet";

    /// <summary>The best guess at the entry assembly's name without asking the runtime. Of a title with spaces only the first word: others may be secrets.</summary>
    public string LikelyEntryAssembly => NameOf(ManagedProgram ?? (Arguments.Count == 1 ? Arguments[0].Split((char[]?)null, 2)[0] : Arguments[0]));

    private static string NameOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }
}
