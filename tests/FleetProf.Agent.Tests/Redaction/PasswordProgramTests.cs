using FleetProf.Agent.Redaction;

namespace FleetProf.Agent.Tests.Redaction;

/// <summary>A number behind a short option is a password with some programs and a port with all others.</summary>
public sealed class PasswordProgramTests
{
    [Theory]
    [InlineData("mysql -p12345 shop", "mysql -p*** shop")]
    [InlineData("/usr/bin/mysqldump --host=db.example -p1234567890 -P3306 shop", "/usr/bin/mysqldump --host=db.example -p*** -P3306 shop")]
    [InlineData("mariadb -p7 shop", "mariadb -p*** shop")]
    [InlineData("timeout 60 mysqladmin -p12345 ping", "timeout 60 mysqladmin -p*** ping")]
    [InlineData("sshpass -p12345 ssh deploy@host.example", "sshpass -p*** ssh deploy@host.example")]
    [InlineData("mongosh -p 12345 orders", "mongosh -p *** orders")]
    [InlineData("redis-cli -n 2 -a 12345 ping", "redis-cli -n 2 -a *** ping")]
    [InlineData("redis-cli -a Hunter2x9 ping", "redis-cli -a *** ping")]
    [InlineData("sqlcmd -S db.example -P12345 -i load.sql", "sqlcmd -S db.example -P*** -i load.sql")]
    [InlineData("ldapsearch -x -w 12345 uid=ann", "ldapsearch -x -w *** uid=ann")]
    public void Number_BehindTheLetterOfAKnownProgram_NeverRemains(string line, string expected) => AssertRedacted(line, expected);

    [Theory]
    [InlineData("dotnet Shop.dll -p8080 -P5432")]
    [InlineData("/opt/mysql/exporter -p9104")]
    [InlineData("mysql -P3306 -port3306 shop")]
    [InlineData("redis-cli -p6379 ping")]
    [InlineData("ssh -p2222 host.example")]
    [InlineData("app -a 12345 -w 8")]
    public void Number_BehindAnyOtherOption_StaysReadable(string line) => AssertRedacted(line, line);

    [Fact]
    public void Number_QuotedInAShellsLine_NeverRemains()
    {
        Assert.Equal("sh -c exec mysql '-p*** shop", CommandLineRedaction.Redact(["sh", "-c", "exec mysql '-p12345' shop"]));
        Assert.Equal("sh -c sleep 5; mysql -p*** shop", CommandLineRedaction.Redact(["sh", "-c", "sleep 5; mysql -p\"12345\" shop"]));
    }

    /// <summary>As arguments, and as the one argument of a shell.</summary>
    private static void AssertRedacted(string line, string expected)
    {
        Assert.Equal(expected, CommandLineRedaction.Redact(line.Split(' ')));
        Assert.Equal($"sh -c {expected}", CommandLineRedaction.Redact(["sh", "-c", line]));
    }
}
