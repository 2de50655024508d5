using System.Data.Common;
using System.Runtime.InteropServices;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Reads the trend store at the coarsest level that serves; what is not rolled up yet is rolled up while reading, so that both give the same.</summary>
internal sealed class TrendReader(CatalogDatabase database, TimeProvider clock)
{
    private const long DayMs = 86_400_000;

    // Two halves, since a condition on COALESCE(trend.service, known.service) reads every instance of every service.
    internal const string InstancesOfService = """
        SELECT trend.instance_id AS InstanceId, trend.agent_id AS AgentId, trend.service AS Service,
               COALESCE(trend.version, known.version) AS Version, known.environment AS Environment, trend.first_window AS FirstWindow,
               COALESCE(trend.last_end, trend.last_window + 10000) AS LastEnd
        FROM trend_instances AS trend LEFT JOIN instances AS known ON known.instance_id = trend.instance_id
        WHERE trend.service = @service AND trend.last_window >= @from AND trend.first_window < @to
        UNION ALL
        SELECT trend.instance_id, trend.agent_id, known.service, COALESCE(trend.version, known.version), known.environment, trend.first_window,
               COALESCE(trend.last_end, trend.last_window + 10000)
        FROM trend_instances AS trend JOIN instances AS known ON known.instance_id = trend.instance_id
        WHERE trend.service IS NULL AND known.service = @service AND trend.last_window >= @from AND trend.first_window < @to
        ORDER BY 1
        """;

    /// <summary>Between these times windows can begin: none is kept for longer, and none is taken that comes from further ahead.</summary>
    public (DateTimeOffset Earliest, DateTimeOffset Latest) Possible => (clock.GetUtcNow() - TrendOptionsValidation.LongestRetention, clock.GetUtcNow() + ReportedWindow.LargestSkew);

    /// <summary>How long a step must be at least, in milliseconds, where a range reaches back to what is kept as roll-ups only.</summary>
    public Task<long> LeastStepAsync(long fromMs, CancellationToken cancellationToken = default) =>
        database.ReadAsync(connection => TrendLevels.Read(connection).FinestSince(fromMs), cancellationToken);

    /// <summary>Instances of a service that have windows in a range. What was not known when the windows came is read from the catalog.</summary>
    public Task<IReadOnlyList<InstanceOwner>> ListInstancesAsync(string service, long fromMs, long toMs, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<InstanceOwner>>(
            connection => connection.Query<InstanceOwner>(InstancesOfService, new { service, from = fromMs, to = toMs }).AsList(),
            cancellationToken);

    /// <summary>Windows of one level, by instance in the given order, then by start.</summary>
    public Task<List<PauseWindow>> ReadInstancesAsync(
        IReadOnlyList<string> instanceIds, TrendRange range, long levelMs, bool withLongest = false, CancellationToken cancellationToken = default) =>
        database.ReadAsync(
            connection =>
            {
                using var reading = new LeveledReading(connection, levelMs, withLongest);
                var windows = new List<PauseWindow>();
                foreach (var instanceId in instanceIds)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    windows.AddRange(reading.Read(instanceId, range.FromMs, range.ToMs));
                }

                return windows;
            },
            cancellationToken);

    /// <summary>
    /// The steps of each instance, made into something of it, in the order of the spans. Several instances are read at once, each on one
    /// snapshot; no figure mixes two of them.
    /// </summary>
    /// <param name="spans">The instances and when they existed.</param>
    /// <param name="range">Unix milliseconds, whole steps.</param>
    /// <param name="levelMs">One of <see cref="TrendLevel"/> that divides the step.</param>
    /// <param name="fields">What is wanted of the steps, by the names of trend fields; null for all.</param>
    /// <param name="make">Called with the instance and its steps by time, on any thread, again where a connection was lost.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<IReadOnlyList<T>> ReadStepsAsync<T>(
        IReadOnlyList<InstanceSpan> spans, TrendRange range, long levelMs, IReadOnlyCollection<string>? fields, Func<string, IEnumerable<TrendStep>, T> make, CancellationToken cancellationToken)
    {
        var selection = WindowSelection.For(fields);
        return await ReadEachAsync(
            spans,
            connection => new LeveledReading(connection, levelMs, withLongest: false, selection),
            (reading, span) => make(span.InstanceId, TrendSteps.OfInstance(reading.Stream(span.InstanceId, range.FromMs, range.ToMs), span, range)),
            cancellationToken);
    }

    /// <summary>What is read of each instance, in the order of the spans. Several are read at once, each on one snapshot.</summary>
    /// <param name="spans">The instances and when they existed.</param>
    /// <param name="open">Called per connection.</param>
    /// <param name="read">Called per instance, on any thread, again where a connection was lost.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<IReadOnlyList<T>> ReadEachAsync<TReading, T>(
        IReadOnlyList<InstanceSpan> spans, Func<DbConnection, TReading> open, Func<TReading, InstanceSpan, T> read, CancellationToken cancellationToken)
        where TReading : IDisposable
    {
        var made = new T[spans.Count];

        // Half of the readers at most, so that other questions are answered meanwhile.
        var parts = Math.Min(spans.Count, Environment.ProcessorCount);
        await Task.WhenAll(Enumerable.Range(0, parts).Select(part => database.ReadAsync(
            connection =>
            {
                using var reading = open(connection);
                for (var i = part; i < spans.Count; i += parts)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    made[i] = read(reading, spans[i]);
                }

                return true;
            },
            cancellationToken)));
        return made;
    }

    /// <summary>Windows of one level of all instances of a service together, in any order, without their exemplars.</summary>
    /// <param name="instances">Its instances in the range, of one version if only that is wanted.</param>
    /// <param name="selection">The service, and the version or null.</param>
    /// <param name="range">Unix milliseconds, whole windows of the level.</param>
    /// <param name="levelMs">One of <see cref="TrendLevel"/>.</param>
    /// <param name="cancellationToken">Cancels the reading, between two instances at the latest.</param>
    public Task<List<FleetWindow>> ReadServiceAsync(
        IReadOnlyList<InstanceOwner> instances, (string Service, string? Version) selection, TrendRange range, long levelMs, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => Stream(connection, instances, selection, range, (levelMs, false), cancellationToken).ToList(), cancellationToken);

    /// <summary>
    /// Windows of one level of several instances together, with their exemplars, made into something while they are read: over a year they
    /// are hundreds of megabytes.
    /// </summary>
    /// <param name="instances">The instances in the range.</param>
    /// <param name="selection">The service, and the version or null, of which these are all instances; null where they are not all, or not of one version.</param>
    /// <param name="range">Unix milliseconds, whole windows of the level.</param>
    /// <param name="levelMs">One of <see cref="TrendLevel"/>.</param>
    /// <param name="make">Called with the windows in any order, each read when it is asked for; on any thread, again where a connection was lost.</param>
    /// <param name="cancellationToken">Cancels the reading, between two instances at the latest.</param>
    public Task<T> FoldServiceAsync<T>(
        IReadOnlyList<InstanceOwner> instances, (string Service, string? Version)? selection, TrendRange range, long levelMs, Func<IEnumerable<FleetWindow>, T> make,
        CancellationToken cancellationToken) =>
        database.ReadAsync(connection => make(Stream(connection, instances, selection, range, (levelMs, true), cancellationToken)), cancellationToken);

    /// <summary>As <see cref="FoldServiceAsync"/>, but each instance's own windows, with nothing but their exemplars: of an instance fewer are kept, of all together more.</summary>
    /// <param name="instances">The instances in the range.</param>
    /// <param name="range">Unix milliseconds, whole windows of the level.</param>
    /// <param name="levelMs">One of <see cref="TrendLevel"/>.</param>
    /// <param name="make">Called with the windows by instance, each read when it is asked for; on any thread, again where a connection was lost.</param>
    /// <param name="cancellationToken">Cancels the reading, between two instances at the latest.</param>
    public Task<T> FoldInstancesAsync<T>(
        IReadOnlyList<InstanceOwner> instances, TrendRange range, long levelMs, Func<IEnumerable<PauseWindow>, T> make, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var reading = new LeveledReading(connection, levelMs, withLongest: true, WindowSelection.For([]));
                return make(instances.SelectMany(instance =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return reading.Stream(instance.InstanceId, range.FromMs, range.ToMs);
                }));
            },
            cancellationToken);

    private static IEnumerable<FleetWindow> Stream(
        DbConnection connection, IReadOnlyList<InstanceOwner> instances, (string Service, string? Version)? selection, TrendRange range, (long Ms, bool WithLongest) level,
        CancellationToken cancellationToken)
    {
        var tailMs = range.FromMs;
        if (selection is { } group && level.Ms != TrendLevel.WindowMs)
        {
            tailMs = Math.Clamp(TrendLevels.Read(connection).Of(level.Ms).RolledTo, range.FromMs, range.ToMs);
            foreach (var window in GroupRows.Read(connection, group, (range.FromMs, tailMs), level.Ms, level.WithLongest))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return window;
            }
        }

        if (instances.Count == 0)
        {
            yield break;
        }

        // A range may reach to the end of time; there is something to add up only where the instances were.
        tailMs = Math.Max(tailMs, TrendLevel.StartOf(instances.Min(instance => instance.FirstWindow), level.Ms));
        var lastMs = instances.Max(instance => instance.LastEnd);

        // What has to be added up here is kept until the last instance was read: a day of it at a time.
        for (; tailMs < range.ToMs && tailMs <= lastMs; tailMs += DayMs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var window in ReadTail(connection, instances, (tailMs, Math.Min(tailMs + DayMs, range.ToMs)), level, cancellationToken))
            {
                yield return window;
            }
        }
    }

    private static IReadOnlyList<FleetWindow> ReadTail(
        DbConnection connection, IReadOnlyList<InstanceOwner> instances, (long FromMs, long ToMs) part, (long Ms, bool WithLongest) level, CancellationToken cancellationToken)
    {
        // A last window that was not watched at all ends where it begins.
        var present = instances.Where(instance => instance.LastEnd >= part.FromMs && instance.FirstWindow < part.ToMs).ToList();
        if (present.Count == 0)
        {
            return [];
        }

        using var reading = new LeveledReading(connection, level.Ms, level.WithLongest);
        var steps = new Dictionary<long, TrendStep>();
        foreach (var instance in present)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var window in reading.Read(instance.InstanceId, part.FromMs, part.ToMs))
            {
                ref var step = ref CollectionsMarshal.GetValueRefOrAddDefault(steps, window.StartMs, out _);
                (step ??= new TrendStep(window.StartMs, "")).Add([window]);
            }
        }

        return [.. steps.Values.Select(step => step.ToWindow())];
    }
}
