using System.Data.Common;

namespace FleetProf.Silo.Storage;

/// <summary>A write that waits for the next commit; its caller is told only after the fsync.</summary>
internal abstract class PendingWrite
{
    public abstract bool IsCancelled { get; }

    public abstract void Run(DbConnection connection, DbTransaction transaction);

    public abstract void Acknowledge();

    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}

internal sealed class PendingWrite<T>(Func<DbConnection, DbTransaction, T> work, CancellationToken cancellationToken) : PendingWrite
{
    // Callers continue elsewhere: their code must never run on the writer's thread.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;

    public Task<T> Task => completion.Task;

    public override bool IsCancelled => cancellationToken.IsCancellationRequested;

    public override void Run(DbConnection connection, DbTransaction transaction) => result = work(connection, transaction);

    public override void Acknowledge() => completion.TrySetResult(result!);

    public override void Fail(Exception exception) => completion.TrySetException(exception);

    public override void Cancel() => completion.TrySetCanceled(cancellationToken);
}
