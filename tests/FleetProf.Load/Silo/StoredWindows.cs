using Microsoft.Data.Sqlite;

namespace FleetProf.Load.Silo;

/// <summary>What the silo's catalog really holds, read past the silo.</summary>
internal static class StoredWindows
{
    /// <summary>Instance id and start (Unix ms) of every ten-second window.</summary>
    public static HashSet<(string InstanceId, long StartMs)> Read(SiloProcess silo)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = silo.Catalog, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT instance_id, window_start FROM trend_windows";
        using var reader = command.ExecuteReader();
        var stored = new HashSet<(string, long)>();
        while (reader.Read())
        {
            stored.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return stored;
    }
}
