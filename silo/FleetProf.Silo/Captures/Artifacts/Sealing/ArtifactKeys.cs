using System.Security.Cryptography;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>
/// The keys that wrap the data keys of artifacts: a file with one key of 32 bytes in base64 a line, readable by the silo's user only. The first
/// line wraps; every line unwraps, so that what an older key wrapped stays readable until it is wrapped anew.
/// </summary>
internal sealed class ArtifactKeys
{
    public const int KeyBytes = 32;
    public const int IdBytes = 16;

    private readonly IReadOnlyList<(byte[] Id, byte[] Key)> keys;

    private ArtifactKeys(IReadOnlyList<byte[]> keys) => this.keys = [.. keys.Select(key => (IdOf(key), key))];

    /// <summary>Whether there are keys beside the current one.</summary>
    public bool HasFormer => keys.Count > 1;

    public ReadOnlySpan<byte> CurrentId => keys[0].Id;

    public ReadOnlySpan<byte> Current => keys[0].Key;

    /// <summary>Reads the file; makes it, with one key, where it is missing.</summary>
    /// <exception cref="IOException">It cannot be read or written, is readable by others, or holds no keys.</exception>
    public static ArtifactKeys Open(string path)
    {
        try
        {
            return Read(path);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"The silo's user {Environment.UserName} may not read the artifact key {path}. As root run: chown {Environment.UserName} {path}", denied);
        }
    }

    /// <summary>Null when no key of the file has this id.</summary>
    public byte[]? Find(ReadOnlySpan<byte> id)
    {
        foreach (var (known, key) in keys)
        {
            if (id.SequenceEqual(known))
            {
                return key;
            }
        }

        return null;
    }

    private static ArtifactKeys Read(string path)
    {
        if (!File.Exists(path))
        {
            Make(path);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
        {
            throw new IOException($"The artifact key {path} can be read or written by others. Run: chmod 600 {path}");
        }

        var keys = File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').Select(line => Decode(line, path)).ToList();
        return keys.Count > 0 ? new ArtifactKeys(keys) : throw new IOException($"The artifact key file {path} holds no key. Restore it from the backup: without it stored artifacts cannot be read.");
    }

    /// <summary>In a folder that is not the silo's, as the one that a setting names, it cannot; a unit of systemd finds that folder read-only.</summary>
    private static void Make(string path)
    {
        try
        {
            Create(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The command writes over no key, however the silo came not to see it: what that one wrapped would be lost.
            throw new IOException(
                $"The artifact key {path} is not there, or hidden from the silo's user {Environment.UserName}, who cannot make it: {refused.Message} If it is there, give this user the file and its folder. "
                + $"If this silo never had one, under keys/ in its data folder either, run as root: (umask 077; set -C; head -c 32 /dev/urandom | base64 > {path}) && chown {Environment.UserName}: {path}", refused);
        }
    }

    private static void Create(string path)
    {
        PrivateFolder.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
            DurableFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another silo of this folder was faster; its key is everybody's.
            File.Delete(temporary);
        }
    }

    private static byte[] Decode(string line, string path)
    {
        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(line, key, out var length) && length == KeyBytes
            ? key
            : throw new IOException($"A line of the artifact key file {path} is no key: {KeyBytes} bytes in base64.");
    }

    private static byte[] IdOf(byte[] key) => SHA256.HashData([.. "fleetprof artifact key "u8, .. key])[..IdBytes];
}
