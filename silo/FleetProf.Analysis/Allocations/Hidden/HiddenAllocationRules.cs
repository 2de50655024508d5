using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>
/// What one sample shows by its type and its stack. The JIT inlines library methods into their callers, so neither the type nor the
/// frames decide alone; rules come in order of certainty, the first that holds is the claim. Patterns: seen in recordings of .NET 10.
/// </summary>
internal static class HiddenAllocationRules
{
    private const string Generic = "System.Collections.Generic.";

    private static readonly string[] Delegates =
    [
        "System.Func", "System.Action", "System.Predicate", "System.Comparison", "System.Converter", "System.EventHandler", "System.AsyncCallback",
        "System.Threading.ThreadStart", "System.Threading.ParameterizedThreadStart", "System.Threading.WaitCallback", "System.Threading.SendOrPostCallback",
        "System.Threading.TimerCallback", "System.Threading.ContextCallback",
    ];

    private static readonly string[] Timers =
    [
        "System.Threading.TimerQueueTimer", "TimerQueueTimer", "System.Threading.Timer", "System.Threading.TimerHolder", "TimerHolder", "System.Threading.PeriodicTimer",
        "System.Threading.CancellationTokenSource", "Registrations", "CallbackNode", "DelayPromise", "DelayPromiseWithCancellation", "CancellationPromise",
        "Linked1CancellationTokenSource", "Linked2CancellationTokenSource", "LinkedNCancellationTokenSource",
    ];

    private static readonly string[] Operators =
    [
        "Where", "Select", "SelectMany", "Skip", "Take", "Concat", "Append", "Prepend", "Distinct", "Union", "Except", "Intersect", "Reverse", "DefaultIfEmpty",
        "OfType", "Cast", "Ordered", "GroupBy", "Group", "Zip", "Chunk", "Range", "Repeat",
    ];

    private static readonly string[] TextBuilders =
    [
        "System.String.", "System.Text.StringBuilder.", "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler.", "System.Number.", "System.Enum.", "System.Globalization.TextInfo.",
    ];

    /// <summary>Null when nothing can be said, or the sample is no hidden allocation.</summary>
    public static HiddenAllocationClaim? Of(AllocatedTypeName type, bool isLarge, AllocationStack stack, ValueTypeNames values, StateMachineNames machines)
    {
        var framework = stack.Framework();
        if (stack.IsOfRecording || (stack.User is null && framework is null))
        {
            return null;
        }

        return Exceptions(type, stack) ?? CompilerMade(type, stack, machines)
            ?? Framework(framework)
            ?? Tasks(type, stack) ?? Reflection(type, stack) ?? Enumerators(type, stack) ?? Growth(type, stack) ?? Linq(type, stack) ?? Texts(type, stack)
            ?? Large(type, isLarge, stack)
            ?? Boxes(type, stack, values) ?? Arguments(type, stack);
    }

    private static HiddenAllocationClaim? Framework((string Name, Frame Entry)? framework) =>
        framework is { } inside ? new HiddenAllocationClaim(HiddenAllocationClass.Framework, inside.Name, inside.Entry.Name) : null;

    private static HiddenAllocationClaim? Large(AllocatedTypeName type, bool isLarge, AllocationStack stack) =>
        isLarge ? new HiddenAllocationClaim(HiddenAllocationClass.LargeArray, "", Called(type, stack)) : null;

    private static HiddenAllocationClaim? Exceptions(AllocatedTypeName type, AllocationStack stack)
    {
        if (type.Head.EndsWith("Exception", StringComparison.Ordinal) && !type.IsArray)
        {
            return new(HiddenAllocationClass.Exceptions, "", type.Full);
        }

        return stack.FindType("System.Runtime.EH.", "System.Exception.") is { } frame ? new HiddenAllocationClaim(HiddenAllocationClass.Exceptions, "stack trace", frame.Name) : null;
    }

    // What the compiler writes for a user's method is allocated by that method itself; the same types under library frames are the library's.
    private static HiddenAllocationClaim? CompilerMade(AllocatedTypeName type, AllocationStack stack, StateMachineNames machines)
    {
        if (type.IsHead("AsyncStateMachineBox", "DebugFinalizableAsyncStateMachineBox", "StateMachineBox") && !IsInLibraryMethod(stack))
        {
            var isCapturing = type.Arguments.Contains("<>c__DisplayClass", StringComparison.Ordinal);
            return new(isCapturing ? HiddenAllocationClass.AsyncClosure : HiddenAllocationClass.AsyncMachine, "state machine", type.Full);
        }

        if (!stack.IsDirect)
        {
            return null;
        }

        if (type.IsDisplayClass)
        {
            return new(HiddenAllocationClass.Closure, "", type.Full);
        }

        if (type.IsStateMachine)
        {
            var isAsync = machines.IsAsync(type.Head);
            return new(isAsync ? HiddenAllocationClass.AsyncMachine : HiddenAllocationClass.Iterator, isAsync ? "state machine" : "", type.Full);
        }

        return type.IsHead(Delegates) && !type.IsArray ? new HiddenAllocationClaim(HiddenAllocationClass.Delegate, "", type.Full) : null;
    }

    // What the user's method called; the type when it called nothing, or that was inlined.
    private static string Called(AllocatedTypeName type, AllocationStack stack) => stack.Library is [.., var called] ? called.Name : type.Full;

    private static bool IsInLibraryMethod(AllocationStack stack) => stack.Library.Any(frame => !frame.Name.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal));

    private static HiddenAllocationClaim? Tasks(AllocatedTypeName type, AllocationStack stack)
    {
        // An array of tasks or sources is what somebody asked for: new Task<int>[n].
        if (type.IsArray)
        {
            return null;
        }

        if (type.IsHead(Timers))
        {
            return new(HiddenAllocationClass.Timers, "", Called(type, stack));
        }

        if (!type.Head.StartsWith("System.Threading.Tasks.", StringComparison.Ordinal) && !type.Head.EndsWith("Promise", StringComparison.Ordinal))
        {
            return null;
        }

        var isOfMachine = stack.User is { } user && user.Name.EndsWith(".MoveNext", StringComparison.Ordinal) && !IsInLibraryMethod(stack);
        if (type.IsHead("System.Threading.Tasks.Task") && (isOfMachine || stack.Find("System.Threading.Tasks.Task", "FromResult") is not null))
        {
            return new(HiddenAllocationClass.AsyncMachine, "result at hand", type.Full);
        }

        return type.IsHead("System.Threading.Tasks.TaskCompletionSource") ? new HiddenAllocationClaim(HiddenAllocationClass.AsyncMachine, "task source", type.Full)
            : stack.FindType("System.Threading.Tasks.") is { } frame ? new HiddenAllocationClaim(HiddenAllocationClass.AsyncMachine, "task", frame.Name) : null;
    }

    private static HiddenAllocationClaim? Reflection(AllocatedTypeName type, AllocationStack stack)
    {
        var frame = stack.FindType("System.Reflection.", "System.RuntimeType.", "System.RuntimeMethodHandle", "System.Activator.", "System.ActivatorCache", "InvokeStub_", "System.Attribute.GetCustomAttribute");
        return frame is { } found ? new HiddenAllocationClaim(HiddenAllocationClass.Reflection, "", found.Name)
            : type.Head.StartsWith("System.Reflection.", StringComparison.Ordinal) ? new HiddenAllocationClaim(HiddenAllocationClass.Reflection, "", type.Full) : null;
    }

    private static HiddenAllocationClaim? Enumerators(AllocatedTypeName type, AllocationStack stack)
    {
        if (type.IsArray || !(type.Head.EndsWith("Enumerator", StringComparison.Ordinal) || type.IsHead("KeyCollection", "ValueCollection")))
        {
            return null;
        }

        foreach (var frame in stack.Library)
        {
            if (frame.Name.EndsWith(".GetEnumerator", StringComparison.Ordinal) || frame.Name.EndsWith(".get_Keys", StringComparison.Ordinal) || frame.Name.EndsWith(".get_Values", StringComparison.Ordinal))
            {
                return new(HiddenAllocationClass.BoxedEnumerator, "", frame.Name);
            }
        }

        // The base library's enumerators are generic; a user's own class of that name mostly is not.
        return stack.IsDirect && type.Arguments.Length > 0 ? new HiddenAllocationClaim(HiddenAllocationClass.BoxedEnumerator, "", type.Full) : null;
    }

    private static HiddenAllocationClaim? Growth(AllocatedTypeName type, AllocationStack stack)
    {
        if (type.Head == "System.Text.StringBuilder" || type.Full == "System.Char[]")
        {
            var chunk = stack.Library.FirstOrDefault(frame => frame.Name.StartsWith("System.Text.StringBuilder.", StringComparison.Ordinal) && !frame.Name.EndsWith(".ctor", StringComparison.Ordinal));
            if (chunk.Name is not null)
            {
                return new(HiddenAllocationClass.StringBuilderGrowth, "", chunk.Name);
            }
        }

        if (!type.IsArray)
        {
            return null;
        }

        if (stack.Find(Generic + "List<", "AddWithResize", "Grow", "GrowForInsertion", "InsertRange", "AddRange") is { } list)
        {
            return new(HiddenAllocationClass.ListGrowth, "", list.Name);
        }

        return TableGrowth(stack) is { } table ? new HiddenAllocationClaim(HiddenAllocationClass.DictionaryGrowth, "", table.Name)
            : BufferGrowth(stack) is { } buffer ? new HiddenAllocationClaim(HiddenAllocationClass.BufferGrowth, "", buffer.Name) : null;
    }

    // The first table of a dictionary counts when an insertion made it, not when a constructor got a capacity.
    private static Frame? TableGrowth(AllocationStack stack) =>
        stack.Find(Generic + "Dictionary<", "Resize") ?? stack.Find(Generic + "HashSet<", "Resize")
        ?? stack.Find("System.Collections.Concurrent.ConcurrentDictionary<", "GrowTable")
        ?? (stack.Find(Generic + "Dictionary<", "Initialize") is not null ? stack.Find(Generic + "Dictionary<", "TryInsert") : null)
        ?? (stack.Find(Generic + "HashSet<", "Initialize") is not null ? stack.Find(Generic + "HashSet<", "AddIfNotPresent") : null);

    private static Frame? BufferGrowth(AllocationStack stack) =>
        stack.Find("System.IO.MemoryStream.", "set_Capacity", "EnsureCapacity", "ToArray") ?? stack.Find("System.Array.", "Resize")
        ?? stack.Find("System.Buffers.ArrayBufferWriter<", "CheckAndResizeBuffer", "GetSpan", "GetMemory", "Write")
        ?? stack.Find(Generic + "Queue<", "Grow", "SetCapacity") ?? stack.Find(Generic + "Stack<", "Grow", "PushWithResize")
        ?? stack.Find(Generic + "PriorityQueue<", "Grow") ?? stack.FindType("System.IO.Pipelines.");

    private static HiddenAllocationClaim? Linq(AllocatedTypeName type, AllocationStack stack)
    {
        if (stack.FindType("System.Linq.") is { } frame)
        {
            return new(HiddenAllocationClass.Linq, "", frame.Name);
        }

        // LINQ's own are nested types, so they come without a namespace.
        var isOperator = type.Head.EndsWith("Iterator", StringComparison.Ordinal) && !type.Head.Contains('.', StringComparison.Ordinal) && type.Arguments.Length > 0
            && Operators.Any(name => type.Head.Contains(name, StringComparison.Ordinal));
        return stack.IsDirect && (isOperator || type.IsHead("EnumerableSorter") || type.Head.StartsWith("System.Linq.", StringComparison.Ordinal))
            ? new HiddenAllocationClaim(HiddenAllocationClass.Linq, "", type.Full) : null;
    }

    private static HiddenAllocationClaim? Texts(AllocatedTypeName type, AllocationStack stack)
    {
        if (stack.FindType("System.String.Split") is { } split)
        {
            return new(HiddenAllocationClass.SplitPieces, "", split.Name);
        }

        if (type.Full != "System.String")
        {
            return null;
        }

        // What the user called decides: below a reader or a decoder a new string is what was asked for.
        var made = stack.Library is [.., var called] ? called : stack.User!.Value;
        var isBuilding = stack.IsDirect || made.Name.EndsWith(".ToString", StringComparison.Ordinal) || TextBuilders.Any(prefix => made.Name.StartsWith(prefix, StringComparison.Ordinal));
        return isBuilding ? new HiddenAllocationClaim(HiddenAllocationClass.StringBuilding, "", made.Name) : null;
    }

    private static HiddenAllocationClaim? Boxes(AllocatedTypeName type, AllocationStack stack, ValueTypeNames values)
    {
        if (type.IsArray || !values.IsValueType(type.Full))
        {
            return null;
        }

        return stack.FindType("System.Enum.") is { } ofEnum ? new HiddenAllocationClaim(HiddenAllocationClass.Boxing, "enum", ofEnum.Name)
            : stack.FindType("System.String.Format", "System.String.Concat", "System.Console.", "System.IO.TextWriter.", "System.Text.StringBuilder.AppendFormat") is { } format ? new HiddenAllocationClaim(HiddenAllocationClass.Boxing, "formatting", format.Name)
            : new HiddenAllocationClaim(HiddenAllocationClass.Boxing, "", Called(type, stack));
    }

    private static HiddenAllocationClaim? Arguments(AllocatedTypeName type, AllocationStack stack) =>
        type.Full == "System.Object[]" && stack.FindType("System.String.Format", "System.String.Concat", "System.Console.Write", "System.IO.TextWriter.Write", "System.Text.StringBuilder.AppendFormat") is { } frame
            ? new HiddenAllocationClaim(HiddenAllocationClass.ParamsArray, "", frame.Name) : null;
}
