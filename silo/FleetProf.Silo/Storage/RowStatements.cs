using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace FleetProf.Silo.Storage;

/// <summary>Dapper's way of running a statement once per row, without a round trip per row, and without new parameters for each.</summary>
internal static class RowStatements
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = [];

    /// <summary>Runs a statement for every row, all of one type; a property is a parameter. Returns how many rows it changed.</summary>
    public static int ExecuteEach(this DbConnection connection, string statement, IEnumerable<object> rows, DbTransaction transaction)
    {
        using var enumerator = rows.GetEnumerator();
        if (!enumerator.MoveNext())
        {
            return 0;
        }

        var columns = Properties.GetOrAdd(enumerator.Current.GetType(), type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public));
        using var batch = new RowBatch(connection, transaction, statement, columns.Select(column => (column.Name, TypeOf(column.PropertyType))));
        do
        {
            batch.Add([.. columns.Select(column => ValueOf(column, enumerator.Current))]);
        }
        while (enumerator.MoveNext());

        return batch.Flush();
    }

    /// <summary>
    /// Runs a query that ends with "IN" for a list of values, at least one. Lists are filled up with their last value to few lengths, so that
    /// the database meets few different statements. (Dapper's own lists are arrays on PostgreSQL, which have another syntax.)
    /// </summary>
    public static IEnumerable<T> QueryIn<T>(this DbConnection connection, string query, IReadOnlyList<string> values, DbTransaction? transaction = null)
    {
        var length = 1;
        while (length < values.Count)
        {
            length *= 2;
        }

        var parameters = new DynamicParameters();
        for (var i = 0; i < length; i++)
        {
            parameters.Add("in" + i.ToString(CultureInfo.InvariantCulture), values[Math.Min(i, values.Count - 1)], DbType.String);
        }

        return connection.Query<T>($"{query} ({string.Join(", ", Enumerable.Range(0, length).Select(i => "@in" + i.ToString(CultureInfo.InvariantCulture)))})", parameters, transaction);
    }

    private static object? ValueOf(PropertyInfo column, object row) =>
        column.GetValue(row) is var value && value is Enum ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : value;

    private static DbType TypeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) ? DbType.String
            : type == typeof(long) ? DbType.Int64
            : type == typeof(int) || type.IsEnum ? DbType.Int32
            : type == typeof(double) ? DbType.Double
            : type == typeof(byte[]) ? DbType.Binary
            : throw new NotSupportedException($"A column of type {type.Name} is not the same on both databases.");
    }
}
