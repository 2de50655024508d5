using System.Collections.Concurrent;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Hosting;

public sealed class ReminderKickTests
{
    [Fact]
    public async Task Kick_SilosAreGone_TicksWhatIsNearAndLeavesSchedulesAlone()
    {
        using var catalog = new TemporaryCatalog();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var table = GrainStorages.RemindersOver(catalog.Database);
        await table.UpsertRow(Reminder("starting", now.AddSeconds(55), TimeSpan.FromMinutes(1)));
        await table.UpsertRow(Reminder("running", now.AddHours(-5).AddSeconds(30), TimeSpan.FromMinutes(1)));
        await table.UpsertRow(Reminder("nightly", now.AddHours(-1), TimeSpan.FromHours(24)));
        await table.UpsertRow(Reminder("next-week", now.AddDays(7), TimeSpan.FromMinutes(1)));
        var ticks = new Ticks();
        KickAtStart? kick = null;
        var builder = OneSilo.Builder();
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(ticks);
            silo.Services.AddSingleton(catalog.Database);
            silo.AddReminders();
            silo.Services.AddCatalogStorage();
            silo.Services.AddSingleton<ReminderKick>();
            silo.Services.AddSingleton<IHostedService>(services => kick = ActivatorUtilities.CreateInstance<KickAtStart>(services));
        });
        await using var cluster = builder.Build();
        await cluster.DeployAsync();

        await kick!.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["running", "starting"], ticks.Keys.Order());
    }

    private static ReminderEntry Reminder(string key, DateTime startAt, TimeSpan period) =>
        new() { GrainId = GrainId.Create(AlarmGrain.Type, key), ReminderName = "wake", StartAt = startAt, Period = period };

    /// <summary>Keys of grains that were ticked.</summary>
    internal sealed class Ticks : ConcurrentBag<string>
    {
        public IEnumerable<string> Keys => this.Distinct();
    }

    [Alias("fleetprof.tests.alarm")]
    internal interface IAlarmGrain : IGrainWithStringKey, IRemindable;

    [GrainType(Type)]
    internal sealed class AlarmGrain(Ticks ticks) : Grain, IAlarmGrain
    {
        public const string Type = "fleetprof-tests-alarm";

        public Task ReceiveReminder(string reminderName, TickStatus status)
        {
            ticks.Add(this.GetPrimaryKeyString());
            return Task.CompletedTask;
        }
    }
}
