namespace FleetProf.Cli.Terminal;

/// <summary>How data is printed on stdout.</summary>
public enum OutputFormat
{
    Table,
    Json,
    Ndjson,
    Csv,
}
