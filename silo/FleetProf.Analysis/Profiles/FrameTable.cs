namespace FleetProf.Analysis.Profiles;

/// <summary>Distinct frames, numbered from 0 in order of first use.</summary>
public sealed class FrameTable
{
    private readonly List<Frame> _frames = [];
    private readonly Dictionary<Frame, int> _ids = [];

    public int Count => _frames.Count;

    public Frame this[int id] => _frames[id];

    public int Intern(Frame frame)
    {
        if (!_ids.TryGetValue(frame, out var id))
        {
            id = _frames.Count;
            _frames.Add(frame);
            _ids.Add(frame, id);
        }

        return id;
    }
}
