using System.Data.Common;
using System.Runtime.CompilerServices;

namespace FleetProf.Silo.Storage;

/// <summary>
/// Commands of a connection to a database in this process, kept for the next work with the same statement: to parse a statement of forty columns
/// takes longer than to run it. One thread uses a connection, and of one statement one command at a time.
/// </summary>
internal sealed class PreparedCommands
{
    private static readonly ConditionalWeakTable<DbConnection, PreparedCommands> OfConnections = [];

    private readonly Dictionary<string, DbCommand> idle = new(StringComparer.Ordinal);

    public static PreparedCommands Of(DbConnection connection) => OfConnections.GetValue(connection, _ => new PreparedCommands());

    /// <summary>One that was given back with these parameters in this order; null when there is none.</summary>
    public DbCommand? Take(string statement, IEnumerable<string> parameters)
    {
        if (!idle.Remove(statement, out var command))
        {
            return null;
        }

        if (command.Parameters.Cast<DbParameter>().Select(parameter => parameter.ParameterName).SequenceEqual(parameters, StringComparer.Ordinal))
        {
            return command;
        }

        command.Dispose();
        return null;
    }

    /// <summary>The connection disposes it with itself.</summary>
    public void GiveBack(DbCommand command)
    {
        // A row may hold megabytes.
        foreach (DbParameter parameter in command.Parameters)
        {
            parameter.Value = DBNull.Value;
        }

        command.Transaction = null;
        if (!idle.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }
}
