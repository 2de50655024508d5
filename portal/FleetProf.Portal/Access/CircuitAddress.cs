namespace FleetProf.Portal.Access;

/// <summary>Where the browser of a circuit is. A circuit begins in a request, whose context is gone later.</summary>
internal sealed class CircuitAddress(IHttpContextAccessor accessor)
{
    public string Text { get; } = accessor.HttpContext is { } context ? CallerFlow.AddressOf(context) : "";
}
