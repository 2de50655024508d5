using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Stored files put there and read without an agent or analyzer.</summary>
internal static class StoredCapture
{
    /// <summary>Under which results lie that no analysis made.</summary>
    public const string Run = "00112233aabbccdd";

    /// <summary>For a store without a catalog: that run's results count.</summary>
    public static Task<string?> RunOfAsync(string captureId, string name, CancellationToken cancellationToken) => Task.FromResult<string?>(Run);

    /// <summary>Uploads and adopts an original, as the intake does.</summary>
    public static async Task AddOriginalAsync(ArtifactStore store, byte[] content, string captureId)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        using var part = store.OpenPart(captureId, 1, sha256, content.Length);
        for (var at = 0; at < content.Length; at += PartialUpload.MaxChunkBytes)
        {
            await part.AppendAsync(CaptureRig.Chunk(content, at, Math.Min(PartialUpload.MaxChunkBytes, content.Length - at)), CancellationToken.None);
        }

        Assert.True(await store.TryAdoptOriginalAsync(captureId, 1, sha256, part, CancellationToken.None));
        Assert.False(store.HasPart(captureId, 1, sha256));
    }

    /// <summary>Seals one result, as after an analysis that wrote nothing else. No row names it: that is the caller's, or that of a store with <see cref="RunOfAsync"/>.</summary>
    public static async Task AddResultAsync(ArtifactStore store, string captureId, string name, byte[] content)
    {
        using var run = store.CreateAnalysisFolder(captureId);
        await File.WriteAllBytesAsync(Path.Combine(run.Output, name), content);
        await store.AdoptOutputsAsync(captureId, Run, run.Output, CancellationToken.None);
    }

    /// <summary>The plain bytes of a stored file.</summary>
    public static async Task<byte[]> ReadAsync(ArtifactStore store, string captureId, string name)
    {
        await using var stream = await store.OpenAsync(captureId, name, CancellationToken.None) ?? throw new FileNotFoundException(name);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>Where the store has the original of a capture.</summary>
    public static string OriginalPath(string folder, string captureId) => Path.Combine(folder, "artifacts", captureId, ArtifactStore.OriginalName);

    /// <summary>The first file of a folder that holds a text as UTF-8 or UTF-16; null when none does.</summary>
    public static string? FindFileThatShows(string folder, string text) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).FirstOrDefault(file => Shows(File.ReadAllBytes(file), text));

    public static bool Shows(ReadOnlySpan<byte> bytes, string text) =>
        bytes.IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0 || bytes.IndexOf(System.Text.Encoding.Unicode.GetBytes(text)) >= 0;
}
