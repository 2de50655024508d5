namespace FleetProf.Silo.Hosting;

/// <summary>How the console log looks.</summary>
public enum LogFormat
{
    Text,
    Json,
}
