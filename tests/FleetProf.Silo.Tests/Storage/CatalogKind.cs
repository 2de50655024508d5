namespace FleetProf.Silo.Tests.Storage;

/// <summary>The two databases that a silo can use. Tests of what lies in them are written once and run on both.</summary>
public enum CatalogKind
{
    Sqlite = 0,
    Postgres = 1,
}
