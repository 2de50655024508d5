using BenchmarkDotNet.Attributes;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Benchmarks.GcPauses;

/// <summary>What a pause costs on the agent, and a merged window on the silo.</summary>
[MemoryDiagnoser]
public class SketchBenchmarks
{
    private readonly double[] values = new double[1024];
    private readonly DdSketch filled = new();
    private readonly DdSketch target = new();
    private byte[] bytes = [];
    private int next;

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Exp(random.NextDouble() * 5);
            filled.Add(values[i]);
        }

        target.Merge(filled);
        bytes = filled.ToBytes();
    }

    [Benchmark(Baseline = true)]
    public void Add() => target.Add(values[next++ & 1023]);

    [Benchmark]
    public void Merge() => target.Merge(filled);

    [Benchmark]
    public DdSketch Read() => DdSketch.FromBytes(bytes);

    [Benchmark]
    public double P99() => filled.Quantile(0.99);
}
