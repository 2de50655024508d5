namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>What kind of file, whose, and which. <paramref name="Device"/> and <paramref name="Inode"/> together identify it.</summary>
internal readonly record struct FileFacts(ushort Mode, uint UserId, ulong Inode, ulong Device, long Bytes)
{
    private const int KindMask = 0xF000;

    public uint GroupId { get; init; }

    /// <summary>When its content was written, in milliseconds since 1970, or what was set in place of it: packages keep the times of their files.</summary>
    public long WrittenUnixMs { get; init; }

    /// <summary>When its content, owner, rights or names last changed, in milliseconds since 1970. The kernel alone sets it.</summary>
    public long ChangedUnixMs { get; init; }

    public bool IsSocket => (Mode & KindMask) == 0xC000;

    public bool IsRegular => (Mode & KindMask) == 0x8000;

    public bool IsFolder => (Mode & KindMask) == 0x4000;

    public bool IsSameFile(FileFacts other) => Inode == other.Inode && Device == other.Device;
}
