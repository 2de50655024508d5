using System.Globalization;
using HiddenAllocations;

// A process with one planted method for each kind of allocation that source code does not show, and one that hides nothing.
// Each line of standard input is a plant and how often it is to be called; the answer is "done". It ends at the end of input.
var plants = new Dictionary<string, Action<int>>
{
    ["box-number"] = Boxing.BoxNumber,
    ["box-enum"] = number => Boxing.BoxEnum((Boxing.Grade)(number & 1)),
    ["box-struct"] = number => Boxing.BoxStruct(new Money(number)),
    ["closure"] = Lambdas.CaptureLimit,
    ["delegate"] = _ => Lambdas.PassMethod(),
    ["params"] = Arguments.AuditNumbers,
    ["iterator"] = Sequences.DrainIterator,
    ["enumerator"] = Sequences.SumKinds,
    ["linq"] = Sequences.FilterNumbers,
    ["deadline"] = _ => Tasks.SetDeadline(),
    ["concat"] = Texts.ConcatName,
    ["interpolate"] = Texts.InterpolateName,
    ["split"] = _ => Texts.SplitLine(),
    ["builder"] = Texts.AppendText,
    ["json"] = Texts.SerializeOrder,
    ["list"] = Growth.GrowList,
    ["dictionary"] = Growth.GrowDictionary,
    ["stream"] = _ => Growth.FillStream(),
    ["large"] = _ => Growth.CopyLarge(),
    ["properties"] = _ => Reflections.ListProperties(),
    ["invoke"] = _ => Reflections.InvokeAdd(),
    ["exception"] = Faults.ThrowAndCatch,
    ["clean"] = Clean.PlaceOrder,
};
var asyncPlants = new Dictionary<string, Func<int, Task>>
{
    ["async-box"] = _ => Tasks.WaitAsync(),
    ["async-result"] = Tasks.AnswerAtOnceAsync,
    ["async-lambda"] = Tasks.RunLambdaAsync,
};
await Console.Out.WriteLineAsync($"ready {Environment.ProcessId}");
while (await Console.In.ReadLineAsync() is { } line)
{
    var words = line.Split(' ');
    var calls = int.Parse(words[1], CultureInfo.InvariantCulture);
    if (plants.TryGetValue(words[0], out var plant))
    {
        for (var call = 0; call < calls; call++)
        {
            plant(call);
        }
    }
    else
    {
        for (var call = 0; call < calls; call++)
        {
            await asyncPlants[words[0]](call);
        }
    }

    await Console.Out.WriteLineAsync("done");
}
