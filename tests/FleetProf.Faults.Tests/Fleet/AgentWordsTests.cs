using System.Runtime.CompilerServices;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Tests.Fleet;

public sealed class AgentWordsTests
{
    [Theory]
    [InlineData("10:00:00.000 ERR The silo refused this agent (DuplicateAgent): Another agent with this id is connected. Trying again in 35 s")]
    [InlineData("10:00:00.000 ERR The silo refused this agent (Quarantined): Two copies of this agent's state folder are in use, so both are locked out. Trying again in 60 s")]
    [InlineData("10:00:00.000 WRN The silo at https://127.0.0.1:1/ ended the session: PermissionDenied, Two copies of this agent's state folder are in use, so both are locked out. Trying again in 1.0 s; vitals are kept")]
    public void Read_AgentThatIsThereTwice_IsRefused(string line)
    {
        var read = AgentWords.Read("agent0", line);

        Assert.NotNull(read);
        Assert.Equal((HistoryKind.Refused, "agent0"), (read.Kind, read.Agent));
    }

    [Theory]
    [InlineData("10:00:00.000 ERR The silo refused this agent (Overloaded): Come back later. Trying again in 5 s")]
    [InlineData("10:00:00.000 INF Connected to the silo at https://127.0.0.1:1/ (version 0.1.0)")]
    public void Read_AgentThatIsNotLetInForAnotherReason_IsNothing(string line) => Assert.Null(AgentWords.Read("agent0", line));

    [Theory]
    [InlineData("10:00:00.000 WRN The silo at https://127.0.0.1:1/ cannot be reached (Error reading next message.). Trying again in 0.2 s; vitals are kept", "The silo at https://127.0.0.1:1/ cannot be reached (Error reading next message.).")]
    [InlineData("10:00:00.000 WRN The silo at https://127.0.0.1:1/ did not answer within 30 s. Trying again in 12.0 s; vitals are kept", "The silo at https://127.0.0.1:1/ did not answer within 30 s.")]
    public void Read_AgentThatLostItsSilo_IsLost(string line, string reason)
    {
        var read = AgentWords.Read("agent0", line);

        Assert.NotNull(read);
        Assert.Equal((HistoryKind.Lost, "agent0", reason), (read.Kind, read.Agent, read.Text));
    }

    /// <summary>Said otherwise, no copy would be seen as one, and no link as dead.</summary>
    [Fact]
    public void Words_OfAnAgentThatIsThereTwiceOrLostItsSilo_AreThoseOfAgentAndSilo()
    {
        Assert.Contains("LogLevel.Warning, Message = \"{Reason} Trying again in {Seconds:0.0} s; vitals are kept\"", Source("agent/FleetProf.Agent/Control/ControlLoop.cs"), StringComparison.Ordinal);
        Assert.Contains("\"The silo refused this agent ({Reason}): {Message}", Source("agent/FleetProf.Agent/Control/ControlLoop.cs"), StringComparison.Ordinal);
        Assert.Contains("AccessReason.Quarantined or AccessReason.Replaced =>\n            $\"Two copies of this agent's state folder are in use", Source("silo/FleetProf.Silo/Access/AccessAdvice.cs"), StringComparison.Ordinal);
    }

    private static string Source(string path, [CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", path));
}
