namespace FleetProf.Silo.Captures;

/// <summary>
/// One upload per capture at a time; a newer one takes over. After a broken connection the agent is back long before this
/// side notices that the old stream is dead.
/// </summary>
internal sealed class UploadSlots
{
    private readonly Dictionary<string, Lease> leases = [];

    /// <summary>Ends the current holder, if any, waits until it has let go, and holds the slot until the lease is disposed.</summary>
    public async Task<Lease> TakeAsync(string captureId, CancellationToken cancellationToken)
    {
        while (true)
        {
            Lease? holder;
            lock (leases)
            {
                if (!leases.TryGetValue(captureId, out holder))
                {
                    return leases[captureId] = new Lease(this, captureId, cancellationToken);
                }
            }

            holder.Supersede();
            await holder.Released.WaitAsync(cancellationToken);
        }
    }

    internal sealed class Lease(UploadSlots slots, string captureId, CancellationToken cancellationToken) : IDisposable
    {
        // Not disposed: a newer upload may be cancelling it right now. It goes with the request that its token belongs to.
        private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Cancelled when the caller gives up or a newer upload takes over.</summary>
        public CancellationToken Token => source.Token;

        public bool IsSuperseded { get; private set; }

        public Task Released => released.Task;

        public void Supersede()
        {
            lock (slots.leases)
            {
                if (released.Task.IsCompleted)
                {
                    return;
                }

                IsSuperseded = true;
                _ = source.CancelAsync();
            }
        }

        public void Dispose()
        {
            lock (slots.leases)
            {
                slots.leases.Remove(captureId);
                released.TrySetResult();
            }
        }
    }
}
