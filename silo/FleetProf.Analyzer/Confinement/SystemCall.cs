using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Confinement;

/// <summary>A system call's numbers, as asm/unistd_64.h and asm-generic/unistd.h have them; null where the processor's kernel has no such call.</summary>
internal sealed record SystemCall(string Name, int X64, int? Arm64)
{
    /// <exception cref="PlatformNotSupportedException">Another processor.</exception>
    public int? NumberOn(Architecture processor) => processor switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        _ => throw new PlatformNotSupportedException($"no numbers of system calls for {processor}"),
    };
}
