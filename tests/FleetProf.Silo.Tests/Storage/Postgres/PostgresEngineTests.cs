using FleetProf.Silo.Storage.Postgres;

namespace FleetProf.Silo.Tests.Storage.Postgres;

public sealed class PostgresEngineTests
{
    /// <summary>Idle connections are dropped without a word after some minutes, by whatever stands between.</summary>
    [Theory]
    [InlineData("Host=db.example;Database=d")]
    [InlineData("Host=10.0.0.7,10.0.0.8:5433;Database=d")]
    public void Settings_OverTheNetwork_SendKeepAlivesWithinTheMinute(string database)
    {
        var settings = PostgresEngine.SettingsOf(database);

        Assert.InRange(settings.TcpKeepAliveTime, 1, 60);
        Assert.InRange(settings.TcpKeepAliveInterval, 1, settings.TcpKeepAliveTime);
    }

    /// <summary>Its options are not those of TCP: connecting would fail.</summary>
    [Theory]
    [InlineData("Host=/run/postgresql;Database=d")]
    [InlineData("Host=@fleetprof;Database=d")]
    [InlineData("Host=db.example,/run/postgresql;Database=d")]
    public void Settings_OfAUnixSocket_HaveNone(string database)
    {
        var settings = PostgresEngine.SettingsOf(database);

        Assert.Equal((0, 0), (settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval));
    }

    [Fact]
    public void Settings_ThatAreGiven_Stay()
    {
        var settings = PostgresEngine.SettingsOf("Host=db.example;Database=d;Tcp Keepalive Time=240;Tcp Keepalive Interval=30");

        Assert.Equal((240, 30), (settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval));
    }
}
