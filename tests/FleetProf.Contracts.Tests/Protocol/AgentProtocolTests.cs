using System.Runtime.CompilerServices;
using System.Text;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Goldens;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FleetProf.Contracts.Tests.Protocol;

public sealed class AgentProtocolTests
{
    /// <summary>What agents have said, from the first generation that was recorded on.</summary>
    public static TheoryData<string> Recorded => [.. Directory.GetFiles(RecordedFolder(), "*.hex").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>The wire form of the protocol is its names, numbers and types. Lines may be added; a changed or missing line breaks agents in the field.</summary>
    [Fact]
    public void AgentProtocol_ComparedWithTheRecordedOne_HasTheSameFields() => Golden.Verify(Describe(AgentReflection.Descriptor), "agent.proto.txt");

    [Fact]
    public void EnrolmentProtocol_ComparedWithTheRecordedOne_HasTheSameFields() => Golden.Verify(Describe(EnrolmentReflection.Descriptor), "enrolment.proto.txt");

    /// <summary>What the evolution rule promises to older peers: a field they do not know passes through unharmed.</summary>
    [Fact]
    public void Frame_WithFieldsOfANewerPeer_KeepsThem()
    {
        using var newer = new MemoryStream();
        var output = new CodedOutputStream(newer);
        new Hello { AgentId = "a1", ProtocolVersion = 1 }.WriteTo(output);
        output.WriteTag(900, WireFormat.WireType.LengthDelimited);
        output.WriteString("from the future");
        output.Flush();

        var read = Hello.Parser.ParseFrom(newer.ToArray());

        Assert.Equal("a1", read.AgentId);
        Assert.Equal(newer.ToArray(), read.ToByteArray());
    }

    /// <summary>What is not known any more would be missing.</summary>
    [Theory]
    [MemberData(nameof(Recorded))]
    public void Frame_RecordedByAnOlderAgent_IsReadWhole(string file)
    {
        var recorded = Convert.FromHexString(File.ReadAllText(Path.Combine(RecordedFolder(), file)).ReplaceLineEndings(""));

        var read = AgentFrame.Parser.WithDiscardUnknownFields(true).ParseFrom(recorded);

        Assert.Equal(file.Split('.')[0], $"{read.BodyCase}", ignoreCase: true);
        Assert.Equal(recorded, read.ToByteArray());
    }

    private static string RecordedFolder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../testdata/agent");

    private static string Describe(FileDescriptor file)
    {
        var text = new StringBuilder();
        foreach (var method in file.Services.SelectMany(service => service.Methods))
        {
            text.AppendLine($"rpc {method.FullName}({Stream(method.IsClientStreaming)}{method.InputType.Name}) returns ({Stream(method.IsServerStreaming)}{method.OutputType.Name})");
        }

        foreach (var enumeration in file.EnumTypes.Concat(file.MessageTypes.SelectMany(message => message.EnumTypes)))
        {
            text.AppendLine($"enum {enumeration.FullName}: {string.Join(", ", enumeration.Values.Select(value => $"{value.Name}={value.Number}"))}");
        }

        foreach (var field in file.MessageTypes.SelectMany(message => message.Fields.InFieldNumberOrder()))
        {
            text.AppendLine($"{field.FullName} = {field.FieldNumber} {TypeOf(field)}");
        }

        return text.ToString();
    }

    private static string TypeOf(FieldDescriptor field)
    {
        var name = field.FieldType switch
        {
            FieldType.Message => field.MessageType.Name,
            FieldType.Enum => field.EnumType.Name,
            _ => field.FieldType.ToString(),
        };
        return field.IsMap ? $"map {name}" : field.IsRepeated ? $"repeated {name}" : name;
    }

    private static string Stream(bool isStreaming) => isStreaming ? "stream " : "";
}
