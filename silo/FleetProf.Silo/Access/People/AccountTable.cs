using System.Text.Json;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Storage.Damage;
using Microsoft.AspNetCore.Identity;

namespace FleetProf.Silo.Access.People;

/// <summary>Tables accounts and setup_codes: who has a password here. Passwords are kept as slow salted hashes only.</summary>
internal sealed class AccountTable(CatalogDatabase database, PasswordDesk passwords, TimeProvider clock)
{
    private const int MostFailures = 5;
    private static readonly TimeSpan Lock = TimeSpan.FromMinutes(15);

    /// <summary>An unknown name takes as long as a known one.</summary>
    private static readonly string NobodysHash = new PasswordHasher<string>().HashPassword("", "nobody");

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public Task<bool> HasAnyAsync() => database.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM accounts") > 0);

    /// <summary>The only code that is good from now on.</summary>
    public Task AddCodeAsync(string codeHash, TimeSpan life) => database.WriteAuditedAsync(
        (connection, transaction) =>
        {
            connection.Execute("DELETE FROM setup_codes", transaction: transaction);
            return connection.Execute(
                "INSERT INTO setup_codes (code_sha256, expires_at) VALUES (@codeHash, @expiresAt)", new { codeHash, expiresAt = Now + (long)life.TotalMilliseconds }, transaction);
        },
        _ => true);

    /// <summary>By name.</summary>
    public Task<IReadOnlyList<LocalAccount>> ListAsync(CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<LocalAccount>>(
        connection =>
        [
            .. connection.Query<Row>("SELECT name AS Name, role AS Role, services_json AS ServicesJson, created_at AS CreatedAt, locked_until AS LockedUntil FROM accounts ORDER BY name")
                .Select(row => row.ToAccount(Now)),
        ],
        cancellationToken);

    /// <summary>Null when there is none.</summary>
    public async Task<LocalAccount?> FindAsync(string name) => (await ListAsync()).FirstOrDefault(account => account.Name == name);

    /// <summary>Removes the account and ends its sessions, all or nothing, with the audit row of the call.</summary>
    /// <param name="name">Of the account.</param>
    /// <param name="mayBeLast">Whether it may go where no other admin has an account.</param>
    public Task<AccountRemoval> RemoveAsync(string name, bool mayBeLast) => database.WriteAuditedAsync(
        (connection, transaction) =>
        {
            if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM accounts WHERE name = @name", new { name }, transaction) == 0)
            {
                return AccountRemoval.Unknown;
            }

            if (!mayBeLast && connection.ExecuteScalar<long>("SELECT COUNT(*) FROM accounts WHERE name <> @name AND role = @admin", new { name, admin = (long)Role.Admin }, transaction) == 0)
            {
                return AccountRemoval.LastAdmin;
            }

            connection.Execute("DELETE FROM accounts WHERE name = @name", new { name }, transaction);
            CredentialTable.EndSessions(connection, transaction, name, Now);
            return AccountRemoval.Removed;
        },
        outcome => outcome == AccountRemoval.Removed);

    /// <summary>Uses the code up, makes the account (or gives it this password, which ends its sessions) and adds the session, all or nothing. False when the code is not good.</summary>
    /// <exception cref="GatewayTooBusyException">Too many passwords are looked at already.</exception>
    public async Task<bool> SetUpAsync(string codeHash, string name, string password, CredentialRow session)
    {
        // Slow on purpose, so not on the writer's thread.
        var passwordHash = await passwords.HashAsync(name, password);
        return await database.WriteAuditedAsync(
            (connection, transaction) =>
            {
                if (connection.Execute("DELETE FROM setup_codes WHERE code_sha256 = @codeHash AND expires_at > @Now", new { codeHash, Now }, transaction) == 0)
                {
                    return false;
                }

                connection.Execute(
                    """
                    INSERT INTO accounts (name, role, services_json, password_hash, created_at, failures, locked_until)
                    VALUES (@name, @role, @services, @passwordHash, @Now, 0, 0)
                    ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role, services_json = excluded.services_json, failures = 0, locked_until = 0
                    """,
                    new { name, role = (long)Role.Admin, services = JsonSerializer.Serialize(Grants.Everything.Services), passwordHash, Now },
                    transaction);
                CredentialTable.EndSessions(connection, transaction, name, Now);
                CredentialTable.Insert(connection, transaction, session);
                return true;
            },
            isDone => isDone);
    }

    /// <summary>
    /// Adds the session that <paramref name="open"/> makes of what the account may do, with the audit row of the call. Null, and nothing is added, when name or
    /// password are wrong or it is locked. Five wrong passwords lock it for 15 minutes.
    /// </summary>
    /// <exception cref="GatewayTooBusyException">Too many passwords are looked at already.</exception>
    public async Task<CredentialRow?> LogInAsync(string name, string password, Func<Grants, CredentialRow> open)
    {
        var row = await database.ReadAsync(connection => connection.QueryFirstOrDefault<Row>(
            "SELECT name AS Name, role AS Role, services_json AS ServicesJson, password_hash AS PasswordHash FROM accounts WHERE name = @name", new { name }));
        var isRight = await passwords.IsRightAsync(name, row?.PasswordHash ?? NobodysHash, password);
        if (row is null)
        {
            return null;
        }

        if (!isRight)
        {
            await CountWrongAsync(row);
            return null;
        }

        var session = open(row.Grants);
        return await AddAsync(row, session) ? session : null;
    }

    /// <summary>
    /// One password that was compared after the other: of many that were compared at once no more are good than may be tried. False when the account is locked, gone
    /// or has another password since it was read: what ends its sessions then would not know of this one.
    /// </summary>
    private Task<bool> AddAsync(Row read, CredentialRow session) => database.WriteAuditedAsync(
        (connection, transaction) => connection.Execute(
            "UPDATE accounts SET failures = 0 WHERE name = @Name AND password_hash = @PasswordHash AND locked_until <= @Now", new { read.Name, read.PasswordHash, Now }, transaction) > 0
            && CredentialTable.Insert(connection, transaction, session) > 0,
        isAdded => isAdded);

    private Task CountWrongAsync(Row read) => database.WriteAsync((connection, transaction) => connection.Execute(
        """
        UPDATE accounts SET locked_until = CASE WHEN failures + 1 >= @MostFailures THEN @until ELSE locked_until END,
            failures = CASE WHEN failures + 1 >= @MostFailures THEN 0 ELSE failures + 1 END
        WHERE name = @Name AND password_hash = @PasswordHash AND locked_until <= @Now
        """,
        new { read.Name, read.PasswordHash, Now, MostFailures, until = Now + (long)Lock.TotalMilliseconds },
        transaction));

    private sealed class Row
    {
        public string Name { get; init; } = "";

        public long Role { get; init; }

        public string ServicesJson { get; init; } = "[]";

        public string PasswordHash { get; init; } = "";

        public long LockedUntil { get; init; }

        public long CreatedAt { get; init; }

        public Grants Grants => new() { Role = (Role)Role, Services = StoredJson.Texts(ServicesJson, new("accounts", "name", Name, "services_json")) };

        public LocalAccount ToAccount(long now) => new()
        {
            Name = Name,
            Grants = Grants,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            LockedUntil = LockedUntil > now ? DateTimeOffset.FromUnixTimeMilliseconds(LockedUntil) : null,
        };
    }
}
