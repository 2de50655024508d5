using System.Collections.Concurrent;
using System.Threading.Channels;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Tests.Access;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Control;

public sealed class SessionWriterTests : IDisposable
{
    private const WriteFlags Alone = 0;

    /// <summary>A frame of more ends the session there.</summary>
    private const int MostOfASilo = 4 << 20;

    private static readonly TimeSpan Beat = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-writer-");
    private readonly SteppedClock time = new();
    private readonly InstanceDirectory directory = new();
    private readonly KeptLog<SessionWriter> log = new();
    private readonly WrittenFrames written = new();
    private readonly ControlOutbox outbox;
    private readonly VitalsSpool spool;
    private readonly SessionWriter writer;
    private readonly CancellationTokenSource finish = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private Task running = Task.CompletedTask;

    public SessionWriterTests()
    {
        outbox = new ControlOutbox(time, phase: 0.5);
        spool = new VitalsSpool(folder.FullName, new AgentOptions(), NullLogger<VitalsSpool>.Instance);
        spool.Append([Window("before")]);
        writer = new SessionWriter(written, outbox, spool, directory, time, log);
    }

    public void Dispose()
    {
        finish.Cancel();
        finish.Dispose();
        spool.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Window_WherePreviewsComeEverySecond_GoesAtOnce()
    {
        await BeginAsync(pace: 1);

        spool.Append([Window("new")]);

        Assert.Equal("new", await written.WindowAsync());
    }

    [Theory]
    [InlineData(6, 3_000)]
    [InlineData(60, 4_000)]
    public async Task Window_OfOneAgentOfMany_WaitsForItsTurn(int pace, int delayMs)
    {
        await BeginAsync(pace);

        spool.Append([Window("new")]);
        spool.Append([Window("another")]);
        time.Advance(TimeSpan.FromMilliseconds(delayMs - 1));
        // Each of them is followed by the windows that are due.
        foreach (var capture in new[] { "first", "second" })
        {
            Assert.True(outbox.TrySend(new AgentFrame { Progress = new CaptureProgress { CaptureId = capture } }));
            Assert.Equal(capture, await written.WindowAsync());
        }
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("new", await written.WindowAsync());
        Assert.Equal("another", await written.WindowAsync());
    }

    [Fact]
    public async Task Backlog_OfManyBatches_GoesInFewFramesAndEachKeepsItsNumber()
    {
        for (var i = 2; i <= 100; i++) spool.Append([Window("before")]);

        await BeginAsync(pace: 1, read: 100);

        Assert.Equal([60UL, 100UL], written.Batches.Select(batch => batch.Sequence));
        Assert.Equal(Enumerable.Range(1, 100).Select(number => (ulong)number), written.Batches.SelectMany(batch => batch.Windows).Select(window => window.BatchSequence));
    }

    [Fact]
    public async Task Backlog_OfLargeWindows_GoesInFramesThatASiloTakes()
    {
        for (var i = 2; i <= 60; i++) spool.Append([new VitalsWindow { InstanceId = "before", Pauses = { new PauseSketch { Sketch = ByteString.CopyFrom(new byte[100_000]) } } }]);

        await BeginAsync(pace: 1, read: 60);

        Assert.All(written.Batches, batch => Assert.InRange(new AgentFrame { Vitals = batch }.CalculateSize(), 1, MostOfASilo));
        Assert.Equal(60UL, written.Batches.Last().Sequence);
    }

    [Fact]
    public async Task Backlog_WhileANewWindowWaits_GoesOn()
    {
        for (var i = 2; i <= 20; i++) spool.Append([.. Enumerable.Repeat(Window("before"), 50)]);
        await BeginAsync(pace: 6, read: 1 + 16 * 50);

        spool.Append([Window("new")]);
        spool.Acknowledge(16);
        writer.OnAcknowledged(16);

        for (var i = 0; i < 3 * 50; i++) Assert.Equal("before", await written.WindowAsync());
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("new", await written.WindowAsync());
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(100_000, 180)]
    public async Task Window_WhereTheSiloTakesInAFleetFirst_IsKeptUntilThen(int keepSeconds, int expectedSeconds)
    {
        await BeginAsync(pace: 1, read: 0, keepSeconds);
        await written.BeatAsync();
        spool.Append([Window("new")]);
        time.Advance(TimeSpan.FromSeconds(expectedSeconds) - TimeSpan.FromMilliseconds(1));
        Assert.True(outbox.TrySend(new AgentFrame { Progress = new CaptureProgress { CaptureId = "first" } }));
        Assert.Equal("first", await written.WindowAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("before", await written.WindowAsync());
        Assert.Equal("new", await written.WindowAsync());
    }

    [Fact]
    public async Task Goodbye_WhileWindowsAreKept_SendsThem()
    {
        await BeginAsync(pace: 1, read: 0, keepSeconds: 50);
        await finish.CancelAsync();
        await running;

        await writer.WriteTheRestAsync(TestContext.Current.CancellationToken);

        Assert.Equal("before", await written.WindowAsync());
    }

    [Fact]
    public async Task Goodbye_WhileAWindowWaits_SendsIt()
    {
        await BeginAsync(pace: 6);
        spool.Append([Window("new")]);
        await finish.CancelAsync();
        await running;

        await writer.WriteTheRestAsync(TestContext.Current.CancellationToken);

        Assert.Equal("new", await written.WindowAsync());
    }

    [Fact]
    public async Task Inventory_AfterTheWallClockWasSetBack_GoesAllTheSame()
    {
        await BeginAsync(pace: 1);
        outbox.MarkInventory();
        await written.InventoryAsync();

        time.Step(TimeSpan.FromHours(-2));
        outbox.MarkInventory();
        time.Advance(TimeSpan.FromSeconds(1));

        await written.InventoryAsync();
    }

    [Fact]
    public async Task Inventory_TooLargeWithoutCommandLines_IsCutToWhatASiloTakes()
    {
        for (var i = 0; i < 50; i++) Put($"{i:00}", new Instance { CommandLine = Long(100_000), Labels = { ["team"] = Long(100_000) } });

        await BeginAsync(pace: 1);

        var told = await written.InventoryAsync();
        Assert.InRange(new AgentFrame { Inventory = told }.CalculateSize(), 1, MostOfASilo);
        Assert.Equal(50, told.Instances.Count);
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task Inventory_OfInstancesThatDoNotFit_TellsThoseThatDoAndSaysHowManyDoNot()
    {
        for (var i = 0; i < 50; i++) Put($"{i:00}", new Instance { Version = Long(100_000) });
        Put("ordinary", new Instance());

        await BeginAsync(pace: 1);

        var told = await written.InventoryAsync();
        Assert.InRange(new AgentFrame { Inventory = told }.CalculateSize(), MostOfASilo / 2, MostOfASilo);
        Assert.Contains("ordinary", told.Instances.Select(instance => instance.InstanceId));
        Assert.Contains($" {51 - told.Instances.Count} of 51 ", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heartbeat_WithoutWindows_GoesAlone()
    {
        await BeginAsync(pace: 1);
        Assert.Equal(Alone, await written.BeatAsync());

        time.Advance(Beat);

        Assert.Equal(Alone, await written.BeatAsync());
    }

    [Fact]
    public async Task Heartbeat_DueWhileAWindowWaits_GoesWithIt()
    {
        await BeginAsync(pace: 60);
        writer.OnAcknowledged(1);
        await written.BeatAsync();
        time.Advance(Beat - TimeSpan.FromSeconds(2));
        spool.Append([Window("new")]);

        var isPutOff = time.NextWait;
        time.Advance(TimeSpan.FromSeconds(3));
        await isPutOff;
        Assert.Equal(0, written.Beats);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("new", await written.WindowAsync());
        Assert.Equal(WriteFlags.BufferHint, await written.BeatAsync());
    }

    /// <summary>And the next comes an interval after that.</summary>
    [Fact]
    public async Task Heartbeat_DueSoonAfterAWindow_GoesWithItAlready()
    {
        await BeginAsync(pace: 1);
        await written.BeatAsync();
        time.Advance(Beat / 2);
        spool.Append([Window("new")]);
        Assert.Equal("new", await written.WindowAsync());
        Assert.Equal(WriteFlags.BufferHint, await written.BeatAsync());

        spool.Append([Window("another")]);
        Assert.Equal("another", await written.WindowAsync());
        writer.OnAcknowledged(3);
        time.Advance(Beat / 2);
        Assert.Equal(0, written.Beats);
        time.Advance(Beat / 2);

        Assert.Equal(Alone, await written.BeatAsync());
    }

    /// <summary>A session stands, and what was kept from before it is sent.</summary>
    private async Task BeginAsync(int pace, int read = 1, int keepSeconds = 0)
    {
        outbox.Open();
        outbox.SetPace(TimeSpan.FromSeconds(pace));
        running = RunAsync(TimeSpan.FromSeconds(keepSeconds));
        for (var i = 0; i < read; i++) Assert.Equal("before", await written.WindowAsync());
    }

    private async Task RunAsync(TimeSpan keep)
    {
        try
        {
            await writer.RunAsync(Beat, keep, finish.Token, TestContext.Current.CancellationToken);
        }
        catch (Exception error)
        {
            written.Fail(error);
        }
    }

    private static VitalsWindow Window(string instanceId) => new() { InstanceId = instanceId };

    private static string Long(int characters) => new('x', characters);

    private void Put(string instanceId, Instance description)
    {
        description.InstanceId = instanceId;
        directory.Put(new KnownInstance(description, null, StartJiffies: 1));
    }

    private sealed class WrittenFrames : IClientStreamWriter<AgentFrame>
    {
        private readonly Channel<string> names = Channel.CreateUnbounded<string>();
        private readonly Channel<WriteFlags> beats = Channel.CreateUnbounded<WriteFlags>();
        private readonly Channel<Inventory> inventories = Channel.CreateUnbounded<Inventory>();

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(AgentFrame message)
        {
            if (message.Inventory is { } inventory) inventories.Writer.TryWrite(inventory);
            if (message.Heartbeat is not null) beats.Writer.TryWrite(WriteOptions?.Flags ?? Alone);
            if (message.Vitals is { } batch) Batches.Enqueue(batch);
            foreach (var name in message.Vitals?.Windows.Select(window => window.InstanceId) ?? (message.Progress is { } progress ? [progress.CaptureId] : [])) names.Writer.TryWrite(name);
            return Task.CompletedTask;
        }

        public Task WriteAsync(AgentFrame message, CancellationToken cancellationToken) => WriteAsync(message);

        public Task CompleteAsync() => Task.CompletedTask;

        public void Fail(Exception error) => names.Writer.TryComplete(error);

        public ConcurrentQueue<VitalsBatch> Batches { get; } = new();

        /// <summary>Written and not yet asked for.</summary>
        public int Beats => beats.Reader.Count;

        public async Task<WriteFlags> BeatAsync() => await beats.Reader.ReadAsync(TestContext.Current.CancellationToken);

        public async Task<Inventory> InventoryAsync() => await inventories.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        /// <summary>Whose window, or which capture's progress, was written next.</summary>
        public async Task<string> WindowAsync() => await names.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }
}
