using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Leaks;

/// <summary>Twenty ways to keep objects alive by mistake.</summary>
internal static class LeakKinds
{
    private static readonly List<Session> Sessions = [];
    private static readonly Dictionary<int, Customer> Customers = [];
    private static readonly ConcurrentDictionary<string, Page> Pages = new();
    private static readonly LinkedList<Visit> Visits = [];
    private static readonly List<TaskCompletionSource> Answers = [];
    private static readonly Queue<Action> Work = new();
    private static readonly Dictionary<int, Buyer> Buyers = [];
    private static readonly List<Shared> ByAge = [];
    private static readonly HashSet<Shared> ByKey = [];
    private static readonly ConditionalWeakTable<object, object> Extras = [];
    private static readonly List<object> Keys = [];
    private static readonly CancellationTokenSource Shutdown = new();
    private static readonly HashSet<string> Names = [];
    private static readonly List<byte[]> Buffers = [];
    private static readonly Clock Clock = new();
    private static Ticket? lastTicket;

    [ThreadStatic]
    private static List<Scratch>? scratch;

    public static event EventHandler? Changed;

    public static IReadOnlyDictionary<string, Action<int>> All { get; } = new Dictionary<string, Action<int>>
    {
        ["static-event"] = count => Repeat(count, _ => Changed += new Subscriber().OnChanged),
        ["instance-event"] = count => Repeat(count, _ => Clock.Tick += new Listener().OnTick),
        ["static-list"] = count => Repeat(count, _ => Sessions.Add(new Session())),
        ["static-dictionary"] = count => Repeat(count, number => Customers.Add(number, new Customer())),
        ["concurrent-cache"] = count => Repeat(count, number => Pages.TryAdd($"/page/{number}", new Page())),
        ["chain"] = count => Repeat(count, _ => lastTicket = new Ticket(lastTicket)),
        ["linked-list"] = count => Repeat(count, _ => Visits.AddLast(new Visit())),
        ["timer"] = count => Repeat(count, _ => GC.KeepAlive(new Watcher())),
        ["async"] = count => Repeat(count, _ => Answer()),
        ["finalizer"] = LeakFinalizers,
        ["pinned-handle"] = count => Repeat(count, _ => GCHandle.Alloc(new byte[1_000], GCHandleType.Pinned)),
        ["strong-handle"] = count => Repeat(count, _ => GCHandle.Alloc(new Handled())),
        ["closure"] = count => Repeat(count, _ => Enqueue(new Request())),
        ["nested"] = LeakOrders,
        ["two-owners"] = count => Repeat(count, _ => Share(new Shared())),
        ["thread-static"] = LeakOnThread,
        ["weak-table"] = count => Repeat(count, _ => Attach(new object())),
        ["cancellation"] = count => Repeat(count, _ => Shutdown.Token.Register(new Subscription().OnCancelled)),
        ["strings"] = count => Repeat(count, number => Names.Add($"{number} {new string('x', 500)}")),
        ["buffers"] = count => Repeat(count, _ => Buffers.Add(new byte[1_000])),
    };

    /// <summary>Nobody calls it here; what leaks is who subscribed.</summary>
    public static void Change() => Changed?.Invoke(null, EventArgs.Empty);

    private static void Repeat(int count, Action<int> act)
    {
        for (var i = 0; i < count; i++)
        {
            act(i);
        }
    }

    private static void Answer()
    {
        var source = new TaskCompletionSource();
        Answers.Add(source);
        _ = Desk.AnswerAsync(source.Task);
    }

    private static void Enqueue(Request request) => Work.Enqueue(() => GC.KeepAlive(request));

    private static void LeakOrders(int count)
    {
        Repeat(20, number => Buyers[number] = new Buyer());
        Repeat(count, number => Buyers[number % 20].Orders.Add(new Order()));
    }

    private static void Share(Shared thing)
    {
        ByAge.Add(thing);
        ByKey.Add(thing);
    }

    private static void Attach(object key)
    {
        Keys.Add(key);
        Extras.Add(key, new Extra());
    }

    // On a thread that stays: thread statics die with their thread.
    private static void LeakOnThread(int count)
    {
        using var filled = new ManualResetEventSlim(false);
        var thread = new Thread(() =>
        {
            scratch = [];
            Repeat(count, _ => scratch.Add(new Scratch()));
            filled.Set();
            Finalizers.Wait();
        })
        { IsBackground = true };
        thread.Start();
        filled.Wait();
    }

    private static void LeakFinalizers(int count)
    {
        Drop(count);
        GC.Collect();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(int count) => Repeat(count, _ => GC.KeepAlive(new LogFile()));
}
