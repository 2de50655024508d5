using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Confinement;

/// <summary>One instruction of the kernel's filter machine: struct sock_filter of linux/filter.h.</summary>
/// <param name="Code">What to do.</param>
/// <param name="IfTrue">Instructions that a comparison which holds skips.</param>
/// <param name="IfFalse">Instructions that one which does not hold skips.</param>
/// <param name="Value">Operand: an offset into struct seccomp_data, a number to compare with, or the answer.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);
