using System.Data.Common;
using System.Runtime.InteropServices;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Reads the trend store at the coarsest level that serves; what is not rolled up yet is rolled up while reading, so that both give the same.</summary>
internal sealed class TrendReader(CatalogDatabase database)
{
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

    /// <summary>Windows of one level of all instances of a service together, in any order.</summary>
    /// <param name="instances">Its instances in the range, of one version if only that is wanted.</param>
    /// <param name="selection">The service, and the version or null.</param>
    /// <param name="range">Unix milliseconds, whole windows of the level.</param>
    /// <param name="levelMs">One of <see cref="TrendLevel"/>.</param>
    /// <param name="withLongest">Whether the exemplars are wanted too.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public Task<List<FleetWindow>> ReadServiceAsync(
        IReadOnlyList<InstanceOwner> instances, (string Service, string? Version) selection, TrendRange range, long levelMs, bool withLongest, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                var windows = new List<FleetWindow>();
                var tailMs = range.FromMs;
                if (levelMs != TrendLevel.WindowMs)
                {
                    tailMs = Math.Clamp(TrendLevels.Read(connection).Of(levelMs).RolledTo, range.FromMs, range.ToMs);
                    windows.AddRange(GroupRows.Read(connection, selection, (range.FromMs, tailMs), levelMs, withLongest));
                }

                if (tailMs < range.ToMs)
                {
                    windows.AddRange(ReadTail(connection, instances, tailMs, range.ToMs, levelMs, withLongest));
                }

                return windows;
            },
            cancellationToken);

    private static IEnumerable<FleetWindow> ReadTail(DbConnection connection, IReadOnlyList<InstanceOwner> instances, long fromMs, long toMs, long levelMs, bool withLongest)
    {
        using var reading = new LeveledReading(connection, levelMs, withLongest);
        var steps = new Dictionary<long, TrendStep>();
        foreach (var instance in instances.Where(instance => instance.LastEnd > fromMs && instance.FirstWindow < toMs))
        {
            foreach (var window in reading.Read(instance.InstanceId, fromMs, toMs))
            {
                ref var step = ref CollectionsMarshal.GetValueRefOrAddDefault(steps, window.StartMs, out _);
                (step ??= new TrendStep(window.StartMs, "")).Add([window]);
            }
        }

        return [.. steps.Values.Select(step => step.ToWindow())];
    }
}
