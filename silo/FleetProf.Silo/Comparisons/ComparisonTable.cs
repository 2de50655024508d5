using System.Text.Json;
using Dapper;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Comparisons;

/// <summary>Table comparisons: what lists show. Durable when it returns; repeating a write changes nothing.</summary>
internal sealed class ComparisonTable(CatalogDatabase database)
{
    private const int RowsPerRead = 200;

    private const string Upsert = """
        INSERT INTO comparisons (comparison_id, service, baseline_version, candidate_version, deploy_id, requested_by, created_at, due_at, decided_at, verdict, sentence, comparison_json)
        VALUES (@ComparisonId, @Service, @Baseline, @Candidate, @DeployId, @RequestedBy, @CreatedAt, @DueAt, @DecidedAt, @Verdict, @Sentence, @Json)
        ON CONFLICT (comparison_id) DO UPDATE SET
            decided_at = excluded.decided_at, verdict = excluded.verdict, sentence = excluded.sentence, comparison_json = excluded.comparison_json
        WHERE comparisons.decided_at IS NULL
        """;

    private const string Select = """
        SELECT comparison_id AS ComparisonId, service AS Service, baseline_version AS Baseline, candidate_version AS Candidate, deploy_id AS DeployId, requested_by AS RequestedBy,
            created_at AS CreatedAt, due_at AS DueAt, decided_at AS DecidedAt, verdict AS Verdict, sentence AS Sentence, comparison_json AS Json
        FROM comparisons
        """;

    /// <summary>A decided row stays as it is.</summary>
    public Task UpsertAsync(Comparison comparison, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteEach(
            Upsert,
            [new
            {
                comparison.ComparisonId,
                comparison.Service,
                Baseline = comparison.Baseline.Version,
                Candidate = comparison.Candidate.Version,
                comparison.DeployId,
                comparison.RequestedBy,
                CreatedAt = comparison.CreatedAt.ToUnixTimeMilliseconds(),
                DueAt = comparison.DueAt.ToUnixTimeMilliseconds(),
                DecidedAt = comparison.DecidedAt?.ToUnixTimeMilliseconds(),
                Verdict = (int)comparison.Verdict,
                comparison.Sentence,
                Json = JsonSerializer.Serialize(comparison),
            }],
            transaction),
        cancellationToken);

    /// <summary>Newest first; all services when null.</summary>
    public Task<IReadOnlyList<Comparison>> ListAsync(string? service, int limit, CancellationToken cancellationToken = default)
    {
        var parameters = new DynamicParameters(new { service, limit });
        var condition = service is not null ? "service = @service" : CallScope.Condition("service", parameters);
        return database.ReadAsync<IReadOnlyList<Comparison>>(
            connection => [.. connection.Query<Row>(
                $"{Select} {(condition is null ? "" : $"WHERE {condition}")} ORDER BY created_at DESC, comparison_id DESC LIMIT @limit", parameters).Select(row => row.ToComparison())],
            cancellationToken);
    }

    /// <summary>Null when unknown.</summary>
    public Task<Comparison?> FindAsync(string comparisonId, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<Row>($"{Select} WHERE comparison_id = @comparisonId", new { comparisonId })?.ToComparison(),
        cancellationToken);

    /// <summary>
    /// What all comparisons that were made after a time look at, without any limit, of these services and versions. The numbers of the others are not
    /// read, and a comparison whose numbers cannot be read is taken to look at its versions at all times.
    /// </summary>
    public Task<IReadOnlyList<CitedVersion>> ListCitedAsync(
        IReadOnlySet<(string Service, string Version)> versions, DateTimeOffset madeAfter, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<CitedVersion>>(
            connection =>
            {
                var known = connection.Query<(string Id, string Service, string Baseline, string Candidate)>(
                    "SELECT comparison_id, service, baseline_version, candidate_version FROM comparisons WHERE created_at > @since",
                    new { since = madeAfter.ToUnixTimeMilliseconds() });
                var wanted = known.Where(row => versions.Contains((row.Service, row.Baseline)) || versions.Contains((row.Service, row.Candidate))).Select(row => row.Id);
                var cited = new List<CitedVersion>();
                foreach (var ids in wanted.Chunk(RowsPerRead))
                {
                    // Each by its own name: a list means something else to each of the two databases.
                    var parameters = new DynamicParameters(ids.Select((id, at) => KeyValuePair.Create($"id{at}", (object)id)));
                    var names = string.Join(", ", ids.Select((_, at) => $"@id{at}"));
                    cited.AddRange(connection.Query<Row>($"{Select} WHERE comparison_id IN ({names})", parameters, buffered: false).SelectMany(row => row.ToCited()));
                }

                return [.. cited.Where(side => versions.Contains((side.Service, side.Version)))];
            },
            cancellationToken);

    /// <summary>What the comparison after the latest deploy of every service in each environment says, decided or not. The row of a deploy says where it was.</summary>
    public Task<IReadOnlyList<DeployVerdict>> ListLatestVerdictsAsync(CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<DeployVerdict>>(
            connection => [.. connection.Query<(string Service, string Environment, string Version, string ComparisonId, long CreatedAt, long Verdict)>(
                """
                SELECT service, environment, candidate_version, comparison_id, created_at, verdict FROM (
                    SELECT service, environment, candidate_version, comparison_id, created_at, verdict,
                        ROW_NUMBER() OVER (PARTITION BY service, environment ORDER BY created_at DESC, comparison_id DESC) AS place
                    FROM (
                        SELECT made.service, COALESCE(deploys.environment, '') AS environment, made.candidate_version, made.comparison_id, made.created_at, made.verdict
                        FROM comparisons AS made LEFT JOIN deploys ON deploys.deploy_id = made.deploy_id AND deploys.service = made.service
                        WHERE made.deploy_id IS NOT NULL) AS placed) AS ranked
                WHERE place = 1
                """).Select(row => new DeployVerdict(row.Service, row.Environment, row.Version, row.ComparisonId, row.CreatedAt, (ComparisonVerdict)row.Verdict))],
            cancellationToken);

    private sealed class Row
    {
        public string ComparisonId { get; init; } = "";
        public string Service { get; init; } = "";
        public string Baseline { get; init; } = "";
        public string Candidate { get; init; } = "";
        public string? DeployId { get; init; }
        public string RequestedBy { get; init; } = "";
        public long CreatedAt { get; init; }
        public long DueAt { get; init; }
        public long? DecidedAt { get; init; }
        public long Verdict { get; init; }
        public string Sentence { get; init; } = "";
        public string Json { get; init; } = "";

        private CellName Cell => new("comparisons", "comparison_id", ComparisonId, "comparison_json");

        public IEnumerable<CitedVersion> ToCited() =>
            StoredJson.ReadOptional<Comparison>(Json, Cell, JsonSerializerOptions.Default) is { } comparison
                ? [CitedOf(comparison.Baseline), CitedOf(comparison.Candidate)]
                : [new(Service, Baseline, DateTimeOffset.MinValue, DateTimeOffset.MaxValue), new(Service, Candidate, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)];

        public Comparison ToComparison() => StoredJson.Read(Json, Cell, WithoutNumbers);

        /// <summary>What the other columns say.</summary>
        private Comparison WithoutNumbers() => new()
        {
            ComparisonId = ComparisonId,
            Service = Service,
            Baseline = SideOf(Baseline),
            Candidate = SideOf(Candidate),
            DeployId = DeployId,
            RequestedBy = RequestedBy,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            DueAt = DateTimeOffset.FromUnixTimeMilliseconds(DueAt),
            DecidedAt = DecidedAt is { } decided ? DateTimeOffset.FromUnixTimeMilliseconds(decided) : null,
            Verdict = (ComparisonVerdict)Verdict,
            Sentence = $"The numbers cannot be read: see the silo's log. {Sentence}".TrimEnd(),
        };

        private CitedVersion CitedOf(ComparisonSide side) => new(Service, side.Version, side.From, side.To);

        private ComparisonSide SideOf(string version) => new() { Version = version, From = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt), To = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt) };
    }
}
