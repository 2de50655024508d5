namespace FleetProf.Agent.Tests.Captures;

/// <summary>The plants of the HiddenAllocations workload and the only claims that are right about each.</summary>
/// <param name="Word">What the workload calls it.</param>
/// <param name="Calls">Enough of them for about 20 samples.</param>
/// <param name="Method">The user method that must be blamed.</param>
/// <param name="Classes">All of them must be found.</param>
internal sealed record PlantedAllocations(string Word, int Calls, string Method, params string[] Classes)
{
    public static IReadOnlyList<PlantedAllocations> All { get; } =
    [
        new("box-number", 80_000, "Boxing.BoxNumber", "H01"),
        new("box-enum", 80_000, "Boxing.BoxEnum", "H01"),
        new("box-struct", 60_000, "Boxing.BoxStruct", "H01"),
        new("closure", 60_000, "Lambdas.CaptureLimit", "H02", "H03"),
        new("delegate", 40_000, "Lambdas.PassMethod", "H03"),
        new("params", 30_000, "Arguments.AuditNumbers", "H01", "H04"),
        new("iterator", 50_000, "Sequences.CountTo", "H05"),
        new("async-box", 30_000, "Tasks.WaitAsync", "H06"),
        new("async-result", 30_000, "Tasks.AnswerAtOnceAsync", "H06"),
        new("enumerator", 60_000, "Sequences.SumAll", "H07"),
        new("concat", 60_000, "Texts.ConcatName", "H08"),
        new("interpolate", 60_000, "Texts.InterpolateName", "H08"),
        new("split", 10_000, "Texts.SplitLine", "H09"),
        new("properties", 20_000, "Reflections.ListProperties", "H10"),
        new("invoke", 80_000, "Reflections.InvokeAdd", "H01", "H04", "H10"),
        new("list", 1_500, "Growth.GrowList", "H11"),
        new("dictionary", 500, "Growth.GrowDictionary", "H12"),
        new("builder", 3_000, "Texts.AppendText", "H13"),
        new("stream", 60, "Growth.FillStream", "H14"),
        new("linq", 10_000, "Sequences.FilterNumbers", "H15"),
        new("exception", 6_000, "Faults.Reject", "H16"),
        new("large", 20, "Growth.CopyLarge", "H17"),
        new("deadline", 15_000, "Tasks.SetDeadline", "H18"),
        new("json", 30_000, "Texts.SerializeOrder", "H19"),
        new("async-lambda", 20_000, "Tasks.RunLambdaAsync", "H20"),
    ];
}
