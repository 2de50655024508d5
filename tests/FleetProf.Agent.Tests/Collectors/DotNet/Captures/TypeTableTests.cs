using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.TestKit.Diagnostics;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Captures;

public sealed class TypeTableTests
{
    private const ushort StopTracing = 0x0201;

    /// <summary>What comes after it stops the process.</summary>
    [Fact]
    public async Task Flush_CancelledWhileItsSessionEnds_IsCancelled()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var stopped = new TaskCompletionSource();
        await using var port = new FakeDiagnosticPort(async (command, stream, cancellation) =>
        {
            if (command == StopTracing)
            {
                await cancel.CancelAsync();
                stopped.SetResult();
            }
            await stream.WriteAsync(FakeDiagnosticPort.Ok(BitConverter.GetBytes(5UL)), cancellation);
            if (command == StopTracing) return;
            await stream.WriteAsync(new byte[1], cancellation);
            await stopped.Task.WaitAsync(cancellation);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TypeTable.FlushAsync(new DiagnosticIpc(port.SocketPath, Environment.ProcessId), cancel.Token));

        Assert.True(stopped.Task.IsCompletedSuccessfully);
    }
}
