using System.Text.Json;

namespace FleetProf.Analysis.Profiles;

/// <summary>
/// Speedscope's file format, profiles of type "sampled", one per measure. A measure with a value below zero, as differences have, is left out: speedscope
/// refuses the whole file over one. Source: speedscope's file-format-spec.ts.
/// </summary>
public static class SpeedscopeWriter
{
    public static void Write(Profile profile, string name, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", "fleetprof");
        json.WriteString("name", name);
        json.WriteNumber("activeProfileIndex", 0);
        WriteFrames(profile, json);
        json.WriteStartArray("profiles");
        for (var measure = 0; measure < profile.Measures.Count; measure++)
        {
            if (!HasNegative(profile, measure))
            {
                WriteProfile(profile, measure, json);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFrames(Profile profile, Utf8JsonWriter json)
    {
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        for (var i = 0; i < profile.Frames.Count; i++)
        {
            var frame = profile.Frames[i];
            json.WriteStartObject();
            json.WriteString("name", frame.Name);
            if (frame.Module.Length > 0)
            {
                json.WriteString("file", frame.Module);
            }

            json.WriteEndObject();
            json.HandOn();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProfile(Profile profile, int measure, Utf8JsonWriter json)
    {
        var stacks = profile.SampledStacks().Where(stack => Weight(profile, stack, measure) != 0).ToList();
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", profile.Measures[measure].Name);
        json.WriteString("unit", profile.Measures[measure].Unit is "bytes" or "nanoseconds" ? profile.Measures[measure].Unit : "none");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", stacks.Sum(stack => Weight(profile, stack, measure)));
        json.WriteStartArray("samples");
        foreach (var stack in stacks)
        {
            json.WriteStartArray();
            foreach (var frame in profile.Stacks.RootFirst(stack))
            {
                json.WriteNumberValue(frame);
            }

            json.WriteEndArray();
            json.HandOn();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (var stack in stacks)
        {
            json.WriteNumberValue(Weight(profile, stack, measure));
            json.HandOn();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool HasNegative(Profile profile, int measure) => profile.SampledStacks().Any(stack => Weight(profile, stack, measure) < 0);

    private static long Weight(Profile profile, int stack, int measure) => (long)Math.Round(profile.Self(stack, measure));
}
