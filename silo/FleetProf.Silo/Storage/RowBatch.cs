using System.Data;
using System.Data.Common;

namespace FleetProf.Silo.Storage;

/// <summary>
/// One statement for many rows of one transaction: a prepared command that runs row by row where the database is in this process, many rows
/// in one round trip where it is behind a network. Rows are written when <see cref="Flush"/> returns.
/// </summary>
internal sealed class RowBatch : IDisposable
{
    private const int RowsPerTrip = 250;

    private readonly (string Name, DbType Type)[] columns;
    private readonly string statement;
    private readonly DbConnection connection;
    private readonly DbCommand command;
    private readonly DbBatch? trip;
    private int affected;

    /// <param name="connection">Of the writer.</param>
    /// <param name="transaction">Of the writer.</param>
    /// <param name="statement">With a parameter @name per column.</param>
    /// <param name="columns">In the order of the values; the types make sure that an empty value is one of the same type.</param>
    public RowBatch(DbConnection connection, DbTransaction transaction, string statement, IEnumerable<(string Name, DbType Type)> columns)
    {
        this.columns = [.. columns];
        (this.statement, this.connection) = (statement, connection);
        if (connection.CanCreateBatch)
        {
            command = connection.CreateCommand();
            trip = connection.CreateBatch();
            trip.Transaction = transaction;
        }
        else
        {
            command = PreparedCommands.Of(connection).Take(statement, this.columns.Select(column => "@" + column.Name)) ?? Prepare();
            command.Transaction = transaction;
        }
    }

    public void Add(params ReadOnlySpan<object?> values)
    {
        if (trip is null)
        {
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters[i].Value = values[i] ?? DBNull.Value;
            }

            affected += command.ExecuteNonQuery();
            return;
        }

        var row = trip.CreateBatchCommand();
        row.CommandText = statement;
        AddParameters(row.Parameters, command.CreateParameter);
        for (var i = 0; i < values.Length; i++)
        {
            row.Parameters[i].Value = values[i] is string text ? StorableText.Of(text) : values[i] ?? DBNull.Value;
        }

        trip.BatchCommands.Add(row);
        if (trip.BatchCommands.Count == RowsPerTrip)
        {
            Send();
        }
    }

    /// <summary>Returns how many rows the statement has changed so far.</summary>
    public int Flush()
    {
        if (trip is { BatchCommands.Count: > 0 })
        {
            Send();
        }

        return affected;
    }

    public void Dispose()
    {
        if (trip is null)
        {
            PreparedCommands.Of(connection).GiveBack(command);
            return;
        }

        trip.Dispose();
        command.Dispose();
    }

    private DbCommand Prepare()
    {
        var prepared = connection.CreateCommand();
        prepared.CommandText = statement;
        AddParameters(prepared.Parameters, prepared.CreateParameter);
        return prepared;
    }

    private void Send()
    {
        affected += trip!.ExecuteNonQuery();
        trip.BatchCommands.Clear();
    }

    private void AddParameters(DbParameterCollection parameters, Func<DbParameter> create)
    {
        foreach (var (name, type) in columns)
        {
            var parameter = create();
            parameter.ParameterName = "@" + name;
            if (trip is not null)
            {
                parameter.DbType = type;
            }

            parameters.Add(parameter);
        }
    }
}
