namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>Sizes as they come; <see cref="SizeColumn"/> when they have all come.</summary>
internal sealed class GrowingSizes : IDisposable
{
    private const int Elsewhere = -1;

    private readonly GrowingColumn<int> _small = new();
    private readonly Dictionary<int, long> _large = [];

    public void Add(long size)
    {
        if (size is < 0 or > int.MaxValue)
        {
            _large.Add(checked((int)_small.Count), size);
            _small.Add(Elsewhere);
        }
        else
        {
            _small.Add((int)size);
        }
    }

    public SizeColumn ToSizesAndDispose() => new(_small.ToArrayAndDispose(), _large);

    public void Dispose() => _small.Dispose();
}
