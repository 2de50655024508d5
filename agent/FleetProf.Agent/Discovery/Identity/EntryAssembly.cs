using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>The file a process's Main is in. It is the target's file: it is looked into as data, bounded, and never loaded.</summary>
internal sealed class EntryAssembly(string name, string? path)
{
    private const long MaxFileBytes = 512L << 20;
    private const int MaxMetadataBytes = 64 << 20;

    // A program may be written and started within one second.
    private const long SlackMs = 2_000;

    private (string? Configuration, byte[]? Assembly)? inside;

    public string Name { get; } = name;

    /// <summary>Absolute, as the process sees it; null when it was not found.</summary>
    public string? Path { get; } = path;

    /// <summary>The runtimeconfig.json that belongs to it, whether or not it exists; null where the entry assembly was not found.</summary>
    public string? RuntimeConfiguration { get; private init; } = path is null ? null : System.IO.Path.ChangeExtension(path, ".runtimeconfig.json");

    /// <summary>The program's own executable, absolute; null where `dotnet` runs it.</summary>
    public string? Executable { get; init; }

    /// <summary>A file that changed later, in milliseconds since 1970, is not the one that the process has read: it may be the next version's.</summary>
    public long LatestChangeUnixMs { get; private init; } = long.MaxValue;

    /// <param name="pid">The process.</param>
    /// <param name="name">What the runtime says, else a guess.</param>
    /// <param name="commandLine">Where `dotnet PROGRAM.dll` names the file.</param>
    /// <param name="loadedUnixMs">When its runtime began, in milliseconds since 1970, by the clock of its files; null: not known, and the files count whenever they changed.</param>
    public static EntryAssembly Locate(int pid, string name, CommandLine commandLine, long? loadedUnixMs)
    {
        var latest = loadedUnixMs is { } loaded ? loaded + SlackMs : long.MaxValue;
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal)) return new EntryAssembly(name, null);
        if (commandLine.ManagedProgram is { } program)
        {
            var path = Absolute(pid, program);
            return commandLine.RuntimeConfiguration is { } named
                ? new EntryAssembly(name, path) { RuntimeConfiguration = Absolute(pid, named), LatestChangeUnixMs = latest }
                : new EntryAssembly(name, path) { LatestChangeUnixMs = latest };
        }
        var executable = LinuxFile.LinkTarget($"/proc/{pid}/exe");
        return new EntryAssembly(name, executable is null ? null : $"{executable[..executable.LastIndexOf('/')]}/{name}.dll") { Executable = executable, LatestChangeUnixMs = latest };
    }

    /// <summary>One of its files, as the process has read it; null when it is not there, too large, or has changed since.</summary>
    public FileStream? Open(TargetRoot root, string path, long maxBytes) => root.OpenFile(path, maxBytes, LatestChangeUnixMs);

    /// <summary>AssemblyInformationalVersion, else the assembly version; null when the file is not there, has changed since the start, is too large, or no assembly.</summary>
    public string? ReadVersion(TargetRoot root)
    {
        if (Path is null) return null;
        try
        {
            using var file = Open(root, Path, MaxFileBytes);
            if (file is not null) return VersionIn(file);
            return LookInside(root).Assembly is { } bytes ? VersionIn(new MemoryStream(bytes)) : null;
        }
        catch (Exception error) when (error is BadImageFormatException or IOException or InvalidOperationException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>The runtimeconfig.json inside the program's own executable; null when there is none.</summary>
    public string? ReadEmbeddedConfiguration(TargetRoot root) => LookInside(root).Configuration;

    /// <summary>Once: finding what a program has inside means to read all of its host.</summary>
    private (string? Configuration, byte[]? Assembly) LookInside(TargetRoot root)
    {
        if (inside is { } found) return found;
        using var program = Executable is null ? null : Open(root, Executable, long.MaxValue);
        var bundle = program is null ? null : SingleFileBundle.Open(program);
        return (inside = (bundle?.ReadRuntimeConfiguration(), bundle?.ReadFile(Name + ".dll"))).Value;
    }

    private static string? VersionIn(Stream file)
    {
        using var executable = new PEReader(file);
        return executable.HasMetadata && executable.PEHeaders.MetadataSize <= MaxMetadataBytes ? VersionIn(executable.GetMetadataReader()) : null;
    }

    private static string? Absolute(int pid, string path)
    {
        var folder = path.StartsWith('/') ? "" : LinuxFile.LinkTarget($"/proc/{pid}/cwd");
        return folder is null ? null : $"{folder}/{path}".Replace("//", "/", StringComparison.Ordinal);
    }

    private static string? VersionIn(MetadataReader metadata)
    {
        if (!metadata.IsAssembly) return null;
        var assembly = metadata.GetAssemblyDefinition();
        foreach (var handle in assembly.GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference) continue;
            var type = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
            if (type.Kind != HandleKind.TypeReference) continue;
            if (!metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)type).Name, "AssemblyInformationalVersionAttribute")) continue;
            var blob = metadata.GetBlobReader(attribute.Value);
            const ushort Prolog = 1;
            if (blob.ReadUInt16() == Prolog && blob.ReadSerializedString() is { Length: > 0 } version) return version;
        }
        return assembly.Version.ToString();
    }
}
