using System.Reflection.Emit;
using System.Reflection;
using Microsoft.Diagnostics.Tracing;

namespace FleetProf.Analyzer.Profiles;

/// <summary>
/// The return addresses behind an event, leaf first, without converting the whole recording to a TraceLog (which costs four times the
/// time and a temporary file three times the input). TraceEvent keeps its EVENT_RECORD internal; the layout is that of Windows' evntcons.h,
/// and the first use checks it against the public payload pointer and length.
/// </summary>
internal static unsafe class EventStack
{
    private const int ExtendedCountOffset = 84;
    private const int PayloadLengthOffset = 86;
    private const int ExtendedDataOffset = 88;
    private const int PayloadOffset = 96;
    private const ushort Stack32 = 5;
    private const ushort Stack64 = 6;
    private const int MatchIdBytes = 8;

    private static readonly Func<TraceEvent, nint> RecordOf = BuildAccessor();
    private static bool _checked;

    /// <summary>Copies the addresses into the buffer and returns their count; 0 when the event has no stack.</summary>
    public static int Copy(TraceEvent data, ref ulong[] buffer)
    {
        var record = (byte*)RecordOf(data);
        CheckLayout(data, record);
        var items = *(ushort*)(record + ExtendedCountOffset);
        var item = *(byte**)(record + ExtendedDataOffset);
        for (var i = 0; i < items; i++, item += 16)
        {
            var type = *(ushort*)(item + 2);
            var bytes = *(ushort*)(item + 6) - MatchIdBytes;
            var addresses = *(byte**)(item + 8) + MatchIdBytes;
            if (type is Stack32 or Stack64 && bytes > 0)
            {
                return type == Stack64 ? CopyWide(addresses, bytes / 8, ref buffer) : CopyNarrow(addresses, bytes / 4, ref buffer);
            }
        }

        return 0;
    }

    private static int CopyWide(byte* addresses, int count, ref ulong[] buffer)
    {
        Grow(count, ref buffer);
        new ReadOnlySpan<ulong>(addresses, count).CopyTo(buffer);
        return count;
    }

    private static int CopyNarrow(byte* addresses, int count, ref ulong[] buffer)
    {
        Grow(count, ref buffer);
        for (var i = 0; i < count; i++)
        {
            buffer[i] = ((uint*)addresses)[i];
        }

        return count;
    }

    private static void Grow(int count, ref ulong[] buffer)
    {
        if (buffer.Length < count)
        {
            buffer = new ulong[count];
        }
    }

    private static void CheckLayout(TraceEvent data, byte* record)
    {
        if (!_checked)
        {
            if (*(nint*)(record + PayloadOffset) != data.DataStart || *(ushort*)(record + PayloadLengthOffset) != data.EventDataLength)
            {
                throw new InvalidOperationException("TraceEvent's event record has another layout than this analyzer knows; pin the library version it was built with");
            }

            _checked = true;
        }
    }

    private static Func<TraceEvent, nint> BuildAccessor()
    {
        var field = typeof(TraceEvent).GetField("eventRecord", BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw new InvalidOperationException("TraceEvent has no field eventRecord; pin the library version this analyzer was built with");
        var method = new DynamicMethod("EventRecord", typeof(nint), [typeof(TraceEvent)], typeof(TraceEvent).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<TraceEvent, nint>>();
    }
}
