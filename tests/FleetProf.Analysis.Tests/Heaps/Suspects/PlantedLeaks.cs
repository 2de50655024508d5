using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps.Suspects;

/// <summary>Heaps of a program that is healthy but for one leak each.</summary>
internal static class PlantedLeaks
{
    private const int Count = 400;

    public static HeapSketch Event()
    {
        var (heap, change) = (Healthy(), "System.EventHandler");
        var list = heap.Add("System.Object[]", 8_000);
        foreach (var _ in Enumerable.Range(0, Count))
        {
            heap.Refer(list, heap.Add(change, 64, heap.Add("Shop.OrderAudit", 500, heap.Add("Shop.Order", 100))));
        }

        var all = heap.Add(change, 64, list);
        heap.Refer(all, all); // a delegate with many targets is its own target
        heap.Static(all, "Changed");
        return heap;
    }

    public static HeapSketch StaticList()
    {
        var heap = Healthy();
        var array = heap.Add("Shop.Session[]", 4_000, heap.Many(Count, _ => heap.Add("Shop.Session", 50, heap.Add("System.Byte[]", 1_000))));
        heap.Static(heap.Add("System.Collections.Generic.List`1[Shop.Session]", 32, array), "all");
        return heap;
    }

    public static HeapSketch ConcurrentCache()
    {
        var heap = Healthy();
        var nodes = heap.Many(Count, _ => heap.Add("Node[System.String,Shop.Page]", 48, heap.Add("System.String", 60), heap.Add("Shop.Page", 700)));
        var buckets = heap.Add("VolatileNode[System.String,Shop.Page][]", 4_000, nodes);
        var cache = heap.Add("System.Collections.Concurrent.ConcurrentDictionary`2[System.String,Shop.Page]", 64, heap.Add("Tables[System.String,Shop.Page]", 64, buckets));
        heap.Static(heap.Add("Shop.PageCache", 24, cache), "<Instance>k__BackingField");
        return heap;
    }

    public static HeapSketch LinkedList()
    {
        var heap = Healthy();
        var last = heap.Add("Shop.Ticket", 500);
        foreach (var _ in Enumerable.Range(0, Count))
        {
            last = heap.Add("Shop.Ticket", 500, last);
        }

        heap.Static(last, "_last");
        return heap;
    }

    public static HeapSketch Timers()
    {
        var heap = Healthy();
        var queue = heap.Add("System.Threading.TimerQueue", 64);
        var next = -1;
        foreach (var _ in Enumerable.Range(0, Count))
        {
            var callback = heap.Add("System.Threading.TimerCallback", 64, heap.Add("Shop.PriceWatcher", 600));
            var timer = heap.Add("System.Threading.TimerQueueTimer", 120, queue, callback);
            if (next >= 0)
            {
                heap.Refer(timer, next);
                heap.Refer(next, timer);
            }

            next = timer;
        }

        heap.Refer(queue, next);
        heap.Static(heap.Add("System.Threading.TimerQueue[]", 40, queue), "<Instances>k__BackingField");
        return heap;
    }

    public static HeapSketch AsyncCalls()
    {
        const string box = "AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Desk+<PlaceAsync>d__4]";
        var heap = Healthy();
        var waiting = heap.Many(Count, _ => heap.Add("System.Threading.Tasks.TaskCompletionSource", 24, heap.Add(box, 150, heap.Add("System.Byte[]", 900))));
        heap.Static(heap.Add("System.Collections.Generic.List`1[System.Threading.Tasks.TaskCompletionSource]", 32, heap.Add("System.Threading.Tasks.TaskCompletionSource[]", 4_000, waiting)), "pending");
        return heap;
    }

    public static HeapSketch Finalizers()
    {
        var heap = Healthy();
        foreach (var file in heap.Many(Count, _ => heap.Add("Shop.LogFile", 40, heap.Add("System.Byte[]", 900))))
        {
            heap.Root(file, HeapRootKind.Finalizer);
        }

        return heap;
    }

    public static HeapSketch Pinned()
    {
        var heap = Healthy();
        foreach (var buffer in heap.Many(Count, _ => heap.Add("System.Byte[]", 900)))
        {
            heap.Root(buffer, HeapRootKind.PinnedHandle);
        }

        return heap;
    }

    /// <summary>Few customers with many orders each: the orders are the leak.</summary>
    public static HeapSketch Nested()
    {
        var heap = Healthy();
        var customers = heap.Many(20, _ => heap.Add("Shop.Customer", 40,
            heap.Add("System.Collections.Generic.List`1[Shop.Order]", 32, heap.Add("Shop.Order[]", 1_000, heap.Many(Count, _ => heap.Add("Shop.Order", 100))))));
        heap.Static(heap.Add("System.Collections.Generic.Dictionary`2[System.Int32,Shop.Customer]", 80, heap.Add("Entry[System.Int32,Shop.Customer][]", 600, customers)), "customers");
        return heap;
    }

    /// <summary>Delegates that captured what they work on.</summary>
    public static HeapSketch Closures()
    {
        var heap = Healthy();
        var actions = heap.Many(Count, _ => heap.Add("System.Action", 64, heap.Add("<>c__DisplayClass3_0", 32, heap.Add("Shop.Request", 800))));
        heap.Static(heap.Add("System.Collections.Generic.Queue`1[System.Action]", 40, heap.Add("System.Action[]", 4_000, actions)), "work");
        return heap;
    }

    /// <summary>Two collections of one object hold every session, so that object retains them and neither collection does.</summary>
    public static HeapSketch Registry()
    {
        var heap = Healthy();
        var sessions = heap.Many(Count, _ => heap.Add("Shop.Session", 1_000));
        var byAge = heap.Add("System.Collections.Generic.List`1[Shop.Session]", 32, heap.Add("Shop.Session[]", 4_000, sessions));
        var byKey = heap.Add("System.Collections.Generic.HashSet`1[Shop.Session]", 64, heap.Add("Entry[Shop.Session][]", 4_000, sessions));
        heap.Static(heap.Add("Shop.Registry", 32, byAge, byKey), "registry");
        return heap;
    }

    /// <summary>Two collections hold every object, so neither retains them.</summary>
    public static HeapSketch Shared()
    {
        var heap = Healthy();
        var sessions = heap.Many(Count, _ => heap.Add("Shop.Session", 1_000));
        heap.Static(heap.Add("System.Collections.Generic.List`1[Shop.Session]", 32, heap.Add("Shop.Session[]", 4_000, sessions)), "byAge");
        heap.Static(heap.Add("System.Collections.Generic.HashSet`1[Shop.Session]", 64, heap.Add("Entry[Shop.Session][]", 4_000, sessions)), "byKey");
        return heap;
    }

    private static HeapSketch Healthy()
    {
        var heap = new HeapSketch();
        var app = heap.Add("Shop.App", 100, heap.Add("Shop.Settings", 900, heap.Add("System.String", 2_000)), heap.Add("Shop.Clock", 500));
        heap.Root(app, HeapRootKind.Stack);
        heap.Static(heap.Add("System.String[]", 700, heap.Many(20, _ => heap.Add("System.String", 50))), "names");
        return heap;
    }
}
