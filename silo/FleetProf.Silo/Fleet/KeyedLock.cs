namespace FleetProf.Silo.Fleet;

/// <summary>One holder per key at a time; a few keys may share a place, so never hold two.</summary>
internal sealed class KeyedLock
{
    private readonly SemaphoreSlim[] places = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<Holder> TakeAsync(string key, CancellationToken cancellationToken)
    {
        var place = places[(uint)string.GetHashCode(key, StringComparison.Ordinal) % (uint)places.Length];
        await place.WaitAsync(cancellationToken);
        return new Holder(place);
    }

    internal readonly struct Holder(SemaphoreSlim place) : IDisposable
    {
        public void Dispose() => place.Release();
    }
}
