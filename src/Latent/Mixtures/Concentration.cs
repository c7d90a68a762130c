using Latent.Data;
using Latent.Engine;

namespace Latent.Mixtures;

/// <summary>
/// Trimmed maximum likelihood by concentration [Neykov2007]: EM on the rows that the mixture explains best, the others left out, then the rows chosen anew, until nothing changes. Both steps raise
/// Σ vᵢ·log p(xᵢ) over parameters and over row weights 0 ≤ v ≤ w that leave out the share asked for: the rows of least density, the last of them in part where weights call for it.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="rows">All rows.</param>
/// <param name="columns">Names of the columns.</param>
/// <param name="options">How it is fitted.</param>
/// <param name="clock">The clock of the fit.</param>
internal sealed class Concentration<TComponent>(MixtureModel<TComponent> model, IRowSource rows, IReadOnlyList<string> columns, MixtureOptions<TComponent> options, Clock clock)
{
    /// <summary>M-steps between two choices of rows.</summary>
    private const int Steps = 5;

    private readonly double[] _weights = RowReplicates.Frequencies(rows);

    /// <summary>Concentrates from a start.</summary>
    /// <param name="start">The parameters to begin from.</param>
    /// <param name="maxIterations">The most M-steps.</param>
    /// <param name="progress">Receives every iteration, or null.</param>
    /// <param name="cancellation">Cancels; the result is the best so far.</param>
    public (EmResult<Mixture<TComponent>> Result, double[] Kept) Run(Mixture<TComponent> start, int maxIterations, IProgress<EmProgress>? progress, CancellationToken cancellation)
    {
        List<double> trace = [];
        int iterations = 0;
        int evaluations = 1;
        double[] kept = Choose(start);
        EmRun<Mixture<TComponent>, RowChunk> run = NewRun(start, kept);
        while (true)
        {
            StopReason reason = run.Advance(Math.Min(run.Iterations + Steps, maxIterations - iterations), options.Stopping, clock, progress, cancellation);
            double[] next = Choose(run.Parameters);
            evaluations++;
            bool settled = next.AsSpan().SequenceEqual(kept);
            bool over = reason is StopReason.Cancelled or StopReason.TimeLimit || iterations + run.Iterations >= maxIterations;
            if (over || (settled && reason != StopReason.IterationLimit))
            {
                return (Em.Result(run, reason, clock, evaluations + run.Evaluations) with { Trace = [.. trace, .. run.Trace], Iterations = iterations + run.Iterations }, kept);
            }
            if (!settled)
            {
                trace.AddRange(run.Trace);
                iterations += run.Iterations;
                evaluations += run.Evaluations;
                kept = next;
                run = NewRun(run.Parameters, kept);
            }
        }
    }

    private EmRun<Mixture<TComponent>, RowChunk> NewRun(Mixture<TComponent> start, double[] kept) =>
        new(model, new Reduction<Mixture<TComponent>, RowChunk>(model, new ReweightedRows(rows, kept), options.ThreadCount, options.Communicator), start, options.Seed, 0, options.Acceleration);

    /// <summary>The weights that rows keep: those of least density lose theirs, equals the later ones first, until the share is reached.</summary>
    private double[] Choose(Mixture<TComponent> mixture)
    {
        double[] density = new FittedMixture<TComponent>(model, mixture, columns).LogDensity(rows, options.ThreadCount);
        int[] order = [.. Enumerable.Range(0, density.Length)];
        Array.Sort(order, (a, b) => density[a] == density[b] ? b.CompareTo(a) : density[a].CompareTo(density[b]));
        double[] kept = [.. _weights];
        double left = Amount();
        for (int i = 0; i < order.Length && left > 0; i++)
        {
            double taken = Math.Min(left, kept[order[i]]);
            kept[order[i]] -= taken;
            left -= taken;
        }
        return kept;
    }

    /// <summary>The weight to leave out: whole rows where all weights are whole.</summary>
    private double Amount()
    {
        double share = options.Trim * _weights.Sum();
        return Array.TrueForAll(_weights, double.IsInteger) ? Math.Floor(share * (1 + 1e-12)) : share;
    }
}
