using System.Runtime.InteropServices;
using FleetProf.Analyzer.Confinement;

namespace FleetProf.Analyzer.Tests.Confinement;

/// <summary>The part of the kernel's filter machine that a filter of system calls may use, written from its description (networking/filter, seccomp(2)).</summary>
internal static class FilterMachine
{
    private const int MaxInstructions = 4_096;

    /// <summary>The answer of a filter to one call.</summary>
    public static uint Run(FilterInstruction[] program, uint processor, uint number, params ulong[] arguments)
    {
        var data = new byte[64];
        MemoryMarshal.Write(data, number);
        MemoryMarshal.Write(data.AsSpan(4), processor);
        for (var i = 0; i < arguments.Length; i++)
        {
            MemoryMarshal.Write(data.AsSpan(16 + (8 * i)), arguments[i]);
        }

        Assert.InRange(program.Length, 1, MaxInstructions);
        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            // Jumps go forwards only, so that every program ends: past its end it would not have been loaded.
            var (code, ifTrue, ifFalse, value) = program[at];
            switch (code)
            {
                case 0x06:
                    return value;
                case 0x20:
                    Assert.Equal(0u, value % 4);
                    accumulator = MemoryMarshal.Read<uint>(data.AsSpan((int)value, 4));
                    break;
                case 0x15:
                    at += accumulator == value ? ifTrue : ifFalse;
                    break;
                case 0x35:
                    at += accumulator >= value ? ifTrue : ifFalse;
                    break;
                case 0x45:
                    at += (accumulator & value) != 0 ? ifTrue : ifFalse;
                    break;
                default:
                    Assert.Fail($"unknown instruction {code:X}");
                    break;
            }
        }
    }
}
