namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>
/// The code places of a profile: each location has one line, or several where functions were inlined, the innermost first. Whatever is
/// missing, a location, its line, a function or its name, is named so.
/// </summary>
/// <param name="text">Looks a text up; only after the whole file was read, as texts come last.</param>
internal sealed class PprofPlaces(Func<ulong, string> text)
{
    private const string UnknownModule = "";

    private readonly Dictionary<ulong, ulong> _mappings = [];
    private readonly Dictionary<ulong, Location> _locations = [];
    private readonly Dictionary<ulong, (ulong Name, ulong File)> _functions = [];
    private readonly Dictionary<ulong, CodeLine[]> _named = [];
    private readonly Dictionary<ulong, (string Name, string Module, string File)> _namedFunctions = [];

    /// <summary>Nothing was sampled: Go's difference of two heap profiles without a collection between them, or a CPU profile of an idle program.</summary>
    public bool IsEmpty => _functions.Count == 0 && _locations.Count == 0;

    /// <summary>Whether the sources are Go's. Without any place nothing says so; but Go alone is captured by such files, .NET never.</summary>
    public bool IsGo => IsEmpty || _functions.Values.Any(function => text(function.File).EndsWith(".go", StringComparison.Ordinal));

    // Parts of the runtime are assembler.
    private static bool IsGoSource(string file) => file.EndsWith(".go", StringComparison.Ordinal) || file.EndsWith(".s", StringComparison.Ordinal);

    public void AddMapping(ReadOnlySpan<byte> payload)
    {
        var (id, file) = (0UL, 0UL);
        var reader = new ProtoReader(payload);
        while (reader.Next())
        {
            (id, file) = reader.Field switch { 1 => (reader.Value, file), 5 => (id, reader.Value), _ => (id, file) };
        }

        _mappings[id] = file;
    }

    public void AddFunction(ReadOnlySpan<byte> payload)
    {
        var (id, name, file) = (0UL, 0UL, 0UL);
        var reader = new ProtoReader(payload);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Value; break;
                case 2: name = reader.Value; break;
                case 4: file = reader.Value; break;
            }
        }

        _functions[id] = (name, file);
    }

    public void AddLocation(ReadOnlySpan<byte> payload)
    {
        var (id, mapping, address) = (0UL, 0UL, 0UL);
        var lines = new List<(ulong Function, long Line)>(1);
        var reader = new ProtoReader(payload);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: id = reader.Value; break;
                case 2: mapping = reader.Value; break;
                case 3: address = reader.Value; break;
                case 4: lines.Add(Line(reader.Payload)); break;
            }
        }

        _locations[id] = new Location(mapping, address, [.. lines]);
    }

    /// <summary>The lines of a location, innermost first, at least one.</summary>
    public CodeLine[] Of(ulong location)
    {
        if (!_named.TryGetValue(location, out var lines))
        {
            lines = Named(location);
            _named.Add(location, lines);
        }

        return lines;
    }

    private CodeLine[] Named(ulong id)
    {
        if (!_locations.TryGetValue(id, out var location))
        {
            return [new CodeLine("[unknown place]", UnknownModule, "", 0)];
        }

        var mapped = text(_mappings.GetValueOrDefault(location.Mapping));
        var module = mapped.StartsWith('/') ? Path.GetFileName(mapped) : mapped;
        return location.Lines.Length == 0
            ? [new CodeLine(location.Address == 0 ? "[unknown place]" : $"0x{location.Address:x}", module, "", 0)]
            : Array.ConvertAll(location.Lines, line => Named(line, module));
    }

    private CodeLine Named((ulong Function, long Line) line, string mapping)
    {
        if (!_namedFunctions.TryGetValue(line.Function, out var function))
        {
            var (name, file) = _functions.GetValueOrDefault(line.Function);
            function = (text(name) is { Length: > 0 } known ? known : "[unknown function]", "", text(file));
            function.Module = IsGoSource(function.File) ? PackageOf(function.Name) : "";
            _namedFunctions.Add(line.Function, function);
        }

        return new CodeLine(function.Name, function.Module.Length > 0 ? function.Module : mapping, function.File, line.Line);
    }

    /// <summary>Of a Go function: "encoding/json" of "encoding/json.(*Decoder).Decode". Dots in a path's last part are written %2e there; the package has none of that.</summary>
    internal static string PackageOf(string function)
    {
        // Type arguments hold paths of their own.
        var end = function.AsSpan().IndexOf('[') is > 0 and var bracket ? bracket : function.Length;
        var slash = function.AsSpan(0, end).LastIndexOf('/');
        var dot = function.AsSpan(slash + 1, end - slash - 1).IndexOf('.');
        return dot < 0 ? "" : Uri.UnescapeDataString(function[..(slash + 1 + dot)]);
    }

    private static (ulong Function, long Line) Line(ReadOnlySpan<byte> payload)
    {
        var (function, line) = (0UL, 0L);
        var reader = new ProtoReader(payload);
        while (reader.Next())
        {
            (function, line) = reader.Field switch { 1 => (reader.Value, line), 2 => (function, (long)reader.Value), _ => (function, line) };
        }

        return (function, line);
    }

    private readonly record struct Location(ulong Mapping, ulong Address, (ulong Function, long Line)[] Lines);
}
