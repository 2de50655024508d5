namespace FleetProf.Analysis.Tests.Heaps.Dominators;

public enum GraphShape
{
    Random,
    Wide,
    Deep,
}
