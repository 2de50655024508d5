using System.Text.Json;
using CsCheck;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Tests.Profiles;

public sealed class WriterTests
{
    [Fact]
    public void Pprof_OfRandomSamples_DecodesToTheSameStacksAndValues() => RandomProfiles.Samples.Sample(samples =>
    {
        using var bytes = new MemoryStream();
        PprofWriter.Write(RandomProfiles.ToProfile(samples), bytes);

        var read = new PprofReader(bytes.ToArray());

        Assert.Equal(["samples/count", "double_samples/count"], read.SampleTypes);
        Assert.Equal("samples", read.DefaultName);
        Assert.Equal("", read.FirstString);
        var actual = read.Samples.ToDictionary(sample => sample.Stack, sample => (sample.Values[0], sample.Values[1]));
        Assert.Equal(Expected(samples).ToDictionary(pair => pair.Key, pair => ((long)pair.Value, pair.Value * 2L)), actual);
    });

    [Fact]
    public void Pprof_OfTheSameProfile_IsTheSameBytes()
    {
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        var samples = new List<(int[], int)> { ([1, 2], 3), ([1], 1) };

        PprofWriter.Write(RandomProfiles.ToProfile(samples), first);
        PprofWriter.Write(RandomProfiles.ToProfile(samples), second);

        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public void Collapsed_OfRandomSamples_HasOneLinePerStack() => RandomProfiles.Samples.Sample(samples =>
    {
        using var text = new StringWriter();

        CollapsedWriter.Write(RandomProfiles.ToProfile(samples), 0, text);

        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (line[..line.LastIndexOf(' ')], int.Parse(line[(line.LastIndexOf(' ') + 1)..], null)));
        Assert.Equal(Expected(samples).Where(pair => pair.Key.Length > 0).ToDictionary(), lines.ToDictionary(line => line.Item1, line => line.Item2));
    });

    [Fact]
    public void Collapsed_OfANameWithSeparators_StaysOneFrame()
    {
        var profile = new Profile(new Measure("samples", "count"));
        profile.Add(profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame("a;b\nc", ""))), 0, 1);
        using var text = new StringWriter();

        CollapsedWriter.Write(profile, 0, text);

        Assert.Equal("a:b c 1\n", text.ToString());
    }

    [Fact]
    public void Speedscope_OfRandomSamples_HasAWeightPerStack() => RandomProfiles.Samples.Sample(samples =>
    {
        using var bytes = new MemoryStream();
        SpeedscopeWriter.Write(RandomProfiles.ToProfile(samples), "test", bytes);

        var root = JsonDocument.Parse(bytes.ToArray()).RootElement;
        var names = root.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("name").GetString()!).ToList();
        var profile = root.GetProperty("profiles")[0];
        var stacks = profile.GetProperty("samples").EnumerateArray().Select(stack => string.Join(';', stack.EnumerateArray().Select(frame => names[frame.GetInt32()]))).ToList();
        var weights = profile.GetProperty("weights").EnumerateArray().Select(weight => weight.GetInt32()).ToList();
        Assert.Equal(Expected(samples), stacks.Zip(weights).ToDictionary(pair => pair.First, pair => pair.Second));
        Assert.Equal(weights.Sum(), profile.GetProperty("endValue").GetInt32());
    });

    [Fact]
    public void Speedscope_OfAKnownProfile_IsTheGoldenText()
    {
        using var bytes = new MemoryStream();

        SpeedscopeWriter.Write(RandomProfiles.ToProfile([([1, 2], 3), ([1], 4)]), "cpu", bytes);

        const string golden = """
            {"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"fleetprof","name":"cpu","activeProfileIndex":0,
            "shared":{"frames":[{"name":"Shop.M1","file":"Shop"},{"name":"Shop.M2","file":"Shop"}]},
            "profiles":[{"type":"sampled","name":"samples","unit":"none","startValue":0,"endValue":7,"samples":[[0],[0,1]],"weights":[4,3]},
            {"type":"sampled","name":"double_samples","unit":"none","startValue":0,"endValue":14,"samples":[[0],[0,1]],"weights":[8,6]}]}
            """;
        Assert.Equal(golden.ReplaceLineEndings(""), System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public void Speedscope_MeasureWithAValueBelowZero_IsLeftOut()
    {
        var profile = new Profile(new Measure("alloc_space", "bytes"), new Measure("inuse_space", "bytes"), new Measure("inuse_objects", "count"));
        var stack = profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame("main.f", "")));
        profile.Add(stack, 0, 5);
        profile.Add(stack, 1, -3);
        profile.Add(profile.Stacks.Push(stack, profile.Frames.Intern(new Frame("main.g", ""))), 2, 1);
        using var bytes = new MemoryStream();

        SpeedscopeWriter.Write(profile, "alloc", bytes);

        var written = JsonDocument.Parse(bytes.ToArray()).RootElement.GetProperty("profiles").EnumerateArray().ToList();
        Assert.Equal(["alloc_space", "inuse_objects"], written.Select(one => one.GetProperty("name").GetString()!));
    }

    [Theory]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)\r\n")]
    [InlineData("+1", "'+1\r\n")]
    [InlineData("-1", "'-1\r\n")]
    [InlineData("@x", "'@x\r\n")]
    [InlineData("a,b", "\"a,b\"\r\n")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"\r\n")]
    [InlineData("\t=1", "\"'\t=1\"\r\n")]
    [InlineData("plain", "plain\r\n")]
    public void Csv_OfAnUntrustedName_IsNoFormula(string name, string expected)
    {
        using var text = new StringWriter();

        CsvWriter.WriteRow(text, name);

        Assert.Equal(expected, text.ToString());
    }

    [Fact]
    public void Csv_OfANegativeNumber_StaysANumber()
    {
        using var text = new StringWriter();

        CsvWriter.WriteRow(text, -1.5, null, 7);

        Assert.Equal("-1.5,,7\r\n", text.ToString());
    }

    private static Dictionary<string, int> Expected(List<(int[] Stack, int Value)> samples) => samples
        .GroupBy(sample => string.Join(';', sample.Stack.Select(RandomProfiles.Name)))
        .ToDictionary(group => group.Key, group => group.Sum(sample => sample.Value));
}
