namespace Leaks;

/// <summary>The things that leak, 1 KB each with what they hold.</summary>
internal abstract class Thing
{
    private readonly byte[] content = new byte[1_000];

    public int Length => content.Length;
}

internal sealed class Subscriber : Thing
{
    public void OnChanged(object? sender, EventArgs e) => GC.KeepAlive(this);
}

internal sealed class Listener : Thing
{
    public void OnTick(object? sender, EventArgs e) => GC.KeepAlive(this);
}

internal sealed class Session : Thing;

internal sealed class Customer : Thing;

internal sealed class Page : Thing;

internal sealed class Visit : Thing;

internal sealed class Request : Thing;

internal sealed class Scratch : Thing;

internal sealed class Extra : Thing;

internal sealed class Handled : Thing;

internal sealed class Shared : Thing;

internal sealed class Subscription : Thing
{
    public void OnCancelled() => GC.KeepAlive(this);
}

internal sealed class Ticket(Ticket? previous) : Thing
{
    public Ticket? Previous { get; } = previous;
}

internal sealed class Buyer
{
    public List<Order> Orders { get; } = [];
}

internal sealed class Order : Thing;

/// <summary>Its timer holds it until somebody disposes it; nobody does.</summary>
internal sealed class Watcher : Thing, IDisposable
{
    private readonly Timer timer;

    public Watcher() => timer = new Timer(Look, null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    public void Dispose() => timer.Dispose();

    private void Look(object? state) => GC.KeepAlive(timer);
}

/// <summary>Each waits for its finalizer behind one that never ends.</summary>
internal sealed class LogFile : Thing
{
    ~LogFile() => Finalizers.Wait();
}

/// <summary>An object that lives as long as the process and has an event.</summary>
internal sealed class Clock
{
    public event EventHandler? Tick;

    public void Raise() => Tick?.Invoke(this, EventArgs.Empty);
}
