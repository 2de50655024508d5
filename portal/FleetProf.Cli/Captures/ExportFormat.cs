namespace FleetProf.Cli.Captures;

/// <summary>Formats that other tools open.</summary>
internal enum ExportFormat
{
    Speedscope,
    Pprof,
    Collapsed,
    Csv,
    Gcdump,
    Nettrace,
}
