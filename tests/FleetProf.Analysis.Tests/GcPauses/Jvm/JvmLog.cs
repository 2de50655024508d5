using System.Runtime.CompilerServices;
using System.Text;
using FleetProf.Analysis.GcPauses.Jvm;

namespace FleetProf.Analysis.Tests.GcPauses.Jvm;

/// <summary>Recorded logs of Java virtual machines, and a reader over pieces of them.</summary>
internal static class JvmLog
{
    public static byte[] Of(string collector) => File.ReadAllBytes(PathOf($"{collector}-jdk17.log"));

    public static (JvmLogReader Reader, List<JvmGc> Gcs) Read(byte[] log, params int[] cuts)
    {
        var gcs = new List<JvmGc>();
        var reader = new JvmLogReader(gcs.Add);
        var from = 0;
        foreach (var cut in cuts.Select(cut => cut % (log.Length + 1)).Order())
        {
            reader.Append(log.AsSpan(from, cut - from));
            from = cut;
        }

        reader.Append(log.AsSpan(from));
        reader.Finish();
        return (reader, gcs);
    }

    public static (JvmLogReader Reader, List<JvmGc> Gcs) Read(string log) => Read(Encoding.UTF8.GetBytes(log));

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../testdata/jvm", name);
}
