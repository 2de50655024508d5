using Planted;

// A process whose allocations, CPU time, heap and collections are known exactly. It does what each line of its standard input says,
// answers "done" and ends at the end of input.
await Console.Out.WriteLineAsync($"ready {Environment.ProcessId}");
while (await Console.In.ReadLineAsync() is { } line)
{
    var words = line.Split(' ');
    var amount = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
    switch (words[0])
    {
        case "burn":
            Burner.BurnFor(TimeSpan.FromMilliseconds(amount));
            break;
        case "box":
            Boxer.Box(amount);
            break;
        case "collect":
            Collector.Collect(amount);
            break;
        case "retain":
            Retainer.Retain(amount);
            break;
        case "resume":
            await Resumer.ResumeAsync(amount);
            break;
        case "dive":
            Diver.DiveFor(TimeSpan.FromMilliseconds(amount));
            break;
        case "crowd":
            Crowd.Gather(TimeSpan.FromMilliseconds(amount));
            break;
        case var size when Sizes.TryAllocate(size, amount):
            break;
        default:
            throw new InvalidOperationException($"unknown word '{words[0]}'");
    }

    await Console.Out.WriteLineAsync("done");
}
