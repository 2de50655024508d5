using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analyzer.Nettrace;

namespace FleetProf.Analyzer.Heaps;

/// <summary>A heap from a file that holds nothing else: a .gcdump, or a heap.graph that was written before.</summary>
internal static class SnapshotFile
{
    /// <summary>Null when the file is neither.</summary>
    /// <exception cref="UnreadableArtifactException">It is one of them, and damaged.</exception>
    public static HeapGraph? TryRead(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        var head = new byte[GcdumpReader.Magic.Length];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var isGcdump = head.AsSpan(0, length).SequenceEqual(GcdumpReader.Magic);
        if (!isGcdump && !head.AsSpan(0, length).StartsWith(HeapGraphFile.Magic))
        {
            return null;
        }

        stream.Position = 0;
        try
        {
            return isGcdump ? GcdumpReader.Read(stream) : HeapGraphFile.Read(stream);
        }
        catch (InvalidDataException damage)
        {
            throw new UnreadableArtifactException(damage.Message, damage);
        }
    }

    /// <summary>Also takes the heap out of a recording.</summary>
    /// <exception cref="UnreadableArtifactException">Damaged, or there is no heap in it.</exception>
    public static HeapGraph Read(string path)
    {
        if (TryRead(path) is { } graph)
        {
            return graph;
        }

        var recording = Recording.Read(path);
        return recording.Heap.HasObjects ? recording.ToHeapGraph() : throw new UnreadableArtifactException($"the file holds no heap snapshot");
    }
}
