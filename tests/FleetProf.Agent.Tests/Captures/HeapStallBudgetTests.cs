using FleetProf.Agent.Captures;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures;

public sealed class HeapStallBudgetTests
{
    [Fact]
    public void Snapshot_OfALargeHeap_IsRefusedWithItsEstimate() => Assert.Equal(
        "A heap of 400 MB may hold 8.0 million objects (50 bytes each) and stop the process for 7.2 s (0.90 us each); 2 s are allowed.",
        HeapStallBudget.Refuse(400_000_000, Order(maxStallMs: 2_000)));

    [Theory]
    [InlineData(100_000_000, 2_000, 0.9, 50)]
    [InlineData(400_000_000, 7_201, 0.9, 50)]
    [InlineData(400_000_000, 2_000, 0.2, 50)]
    [InlineData(400_000_000, 2_000, 0.9, 400)]
    [InlineData(400_000_000, 0, 0.9, 50)]
    [InlineData(400_000_000, 2_000, 0, 50)]
    [InlineData(400_000_000, 2_000, 0.9, double.NaN)]
    public void Snapshot_WithinTheLimitOrWithoutOne_IsNotRefused(long heapBytes, double maxStallMs, double us, double bytes) =>
        Assert.Null(HeapStallBudget.Refuse(heapBytes, Order(maxStallMs, us, bytes)));

    private static StartCapture Order(double maxStallMs, double us = 0.9, double bytes = 50) => new() { MaxStallMs = maxStallMs, StallUsPerObject = us, BytesPerObject = bytes };
}
