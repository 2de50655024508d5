using Leaks;

// A healthy small shop that leaks in one of twenty known ways when told so: a line of standard input is a kind of leak and a number of
// objects. It answers "done" and ends at the end of input.
var shop = new Shop();
await Console.Out.WriteLineAsync($"ready {Environment.ProcessId}");
while (await Console.In.ReadLineAsync() is { } line)
{
    var words = line.Split(' ');
    LeakKinds.All[words[0]](int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
    await Console.Out.WriteLineAsync("done");
}

GC.KeepAlive(shop);
