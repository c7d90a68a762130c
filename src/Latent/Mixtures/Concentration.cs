using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;

namespace Latent.Mixtures;

/// <summary>
/// Trimmed maximum likelihood by concentration [Neykov2007]: EM on the rows that the mixture explains best, the others left out, then the rows chosen anew, until nothing changes. Both steps raise
/// Σ vᵢ·log p(xᵢ) over parameters and over row weights 0 ≤ v ≤ w that leave out the share asked for: the rows of least density, the last of them in part where weights call for it.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="rows">All rows.</param>
/// <param name="columns">Names of the columns.</param>
/// <param name="share">The share of the rows to leave out.</param>
/// <param name="options">How it is fitted.</param>
/// <param name="clock">The clock of the fit.</param>
internal sealed class Concentration<TComponent>(MixtureModel<TComponent> model, IRowSource rows, IReadOnlyList<string> columns, double share, EmOptions options, Clock clock)
{
    /// <summary>M-steps between two choices of rows.</summary>
    private const int Steps = 5;

    private readonly double[] _weights = RowReplicates.Frequencies(rows);
    private List<double> _trace = [];
    private int _iterations;
    private int _evaluations;
    private int _until;
    private double[] _kept = [];
    private EmRun<Mixture<TComponent>, RowChunk>? _run;

    /// <summary>Where it is, between two steps; null while it does not run.</summary>
    public ConcentrationState<Mixture<TComponent>>? State => _run is null ? null : new([.. _kept], [.. _trace], _iterations, _evaluations, _until, _run.State);

    /// <summary>Concentrates from a start.</summary>
    /// <param name="start">The parameters to begin from.</param>
    /// <param name="maxIterations">The most M-steps.</param>
    /// <param name="progress">Receives every iteration, or null.</param>
    /// <param name="checkpoints">The checkpoints of the fit, or null.</param>
    /// <param name="saved">Where it was when it was interrupted; null at its beginning.</param>
    /// <param name="cancellation">Cancels; the result is the best so far, and <see cref="State"/> stays where it goes on.</param>
    public (EmResult<Mixture<TComponent>> Result, double[] Kept) Run(
        Mixture<TComponent> start,
        int maxIterations,
        IProgress<EmProgress>? progress,
        Checkpointer? checkpoints,
        ConcentrationState<Mixture<TComponent>>? saved,
        CancellationToken cancellation)
    {
        EmRun<Mixture<TComponent>, RowChunk> run = Begin(start, maxIterations, saved);
        while (true)
        {
            StopReason reason = run.Advance(_until, options.Stopping, clock, progress, cancellation, checkpoints);
            if (reason is StopReason.Cancelled or StopReason.TimeLimit)
            {
                return (Result(run, reason), _kept);
            }
            double[] next = Choose(run.Parameters);
            _evaluations++;
            bool settled = next.AsSpan().SequenceEqual(_kept);
            if (_iterations + run.Iterations >= maxIterations || (settled && reason != StopReason.IterationLimit))
            {
                _run = null;
                return (Result(run, reason), _kept);
            }
            if (!settled)
            {
                _trace.AddRange(run.Trace);
                _iterations += run.Iterations;
                _evaluations += run.Evaluations;
                _kept = next;
                _run = run = NewRun(run.Parameters, _kept);
            }
            _until = Math.Min(run.Iterations + Steps, maxIterations - _iterations);
        }
    }

    private EmRun<Mixture<TComponent>, RowChunk> Begin(Mixture<TComponent> start, int maxIterations, ConcentrationState<Mixture<TComponent>>? saved)
    {
        if (saved is not null)
        {
            (_kept, _trace, _iterations, _evaluations, _until) = (saved.Kept, [.. saved.Trace], saved.Iterations, saved.Evaluations, saved.Until);
            return _run = new(model, ReductionOf(_kept), saved.Run, options.Seed, 0, options.Stopping, options.Acceleration);
        }
        (_kept, _trace, _iterations, _evaluations, _until) = (Choose(start), [], 0, 1, Math.Min(Steps, maxIterations));
        return _run = NewRun(start, _kept);
    }

    private EmResult<Mixture<TComponent>> Result(EmRun<Mixture<TComponent>, RowChunk> run, StopReason reason) =>
        Em.Result(run, reason, clock, _evaluations + run.Evaluations) with { Trace = [.. _trace, .. run.Trace], Iterations = _iterations + run.Iterations };

    // A copy, whose coordinates are written anew: a resumed fit does not know at which point these parameters were read.
    private EmRun<Mixture<TComponent>, RowChunk> NewRun(Mixture<TComponent> start, double[] kept) => new(
        model, ReductionOf(kept), new Mixture<TComponent>(start.Weights.AsSpan(), start.Components.AsSpan(), start.NoiseWeight), options.Seed, 0, options.Acceleration);

    private Reduction<Mixture<TComponent>, RowChunk> ReductionOf(double[] kept) => new(model, new ReweightedRows(rows, kept), options.ThreadCount, options.Communicator);

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
        double amount = share * _weights.Sum();
        return Array.TrueForAll(_weights, double.IsInteger) ? Math.Floor(amount * (1 + 1e-12)) : amount;
    }
}

/// <summary>Where a concentration is.</summary>
/// <param name="Kept">The weights that rows keep.</param>
/// <param name="Trace">The objectives before the present run.</param>
/// <param name="Iterations">M-steps before it.</param>
/// <param name="Evaluations">Sweeps before it, and those that chose rows.</param>
/// <param name="Until">Iterations of the present run after which rows are chosen anew.</param>
/// <param name="Run">The present run.</param>
internal sealed record ConcentrationState<TParameters>(double[] Kept, double[] Trace, int Iterations, int Evaluations, int Until, EmRunState<TParameters> Run);
