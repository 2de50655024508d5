// Feeds hostile bytes to one reader under AFL++; tests/fuzz.sh builds, instruments and runs it.
//   FleetProf.Fuzz list                  the names of the readers
//   FleetProf.Fuzz seeds FOLDER          sound files to begin with, a folder for each reader
//   FleetProf.Fuzz READER [FILE...]      under AFL++ what it sends; otherwise the files, one after the other
using FleetProf.Fuzz;

switch (args)
{
    case ["list"]:
        Console.WriteLine(string.Join('\n', FuzzReader.All.Select(reader => reader.Name)));
        return 0;
    case ["seeds", var folder]:
        foreach (var reader in FuzzReader.All)
        {
            var place = Directory.CreateDirectory(Path.Combine(folder, reader.Name)).FullName;
            foreach (var (seed, number) in reader.Seeds().Select((seed, number) => (seed, number)))
            {
                File.WriteAllBytes(Path.Combine(place, $"{number}"), seed);
            }
        }

        return 0;
    case [var name, .. var files] when FuzzReader.All.FirstOrDefault(reader => reader.Name == name) is { } reader:
        if (files.Length > 0)
        {
            Array.ForEach(files, file => reader.Read(File.ReadAllBytes(file)));
            return 0;
        }

        // The analyzer tells what it found; nobody reads that here.
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            reader.Read(bytes.ToArray());
        });
        return 0;
    default:
        Console.Error.WriteLine("usage: FleetProf.Fuzz list | seeds FOLDER | READER [FILE...]");
        return 2;
}
