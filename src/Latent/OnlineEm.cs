using System.Numerics.Tensors;
using Latent.Engine;
using Latent.Engine.Stepwise;

namespace Latent;

/// <summary>
/// Stepwise EM of data that come bit by bit, and need never end [CappeMoulines2009]. Each batch moves an average statistic, ŝ ← (1 − γ)ŝ + γs̄, and the
/// parameters are its M-step. Not safe for use from two threads at once; the E-step of a batch uses several by itself.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <typeparam name="TChunk">A chunk of data.</typeparam>
public sealed class OnlineEm<TParameters, TChunk>
{
    // The average weighs the j-th statistic by about j³, which forgets the beginning of the way but not what came later [ShamirZhang2013].
    private const double AverageOffset = 3;
    private const double ForesightWeight = 0.05;

    private readonly IStepwiseModel<TParameters, TChunk> _model;
    private readonly OnlineOptions _options;
    private readonly BatchSource<TChunk> _batch = new();
    private readonly double[] _statistic;
    private readonly double[] _average;
    private readonly double[] _own;
    private Reduction<TParameters, TChunk>? _reduction;
    private TParameters? _smooth;
    private long _averaged;

    /// <summary>Begins at <paramref name="start"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">Parameters not too far from the data: of a fit to a sample, say.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model's statistics cannot be put together.</exception>
    public OnlineEm(IStepwiseModel<TParameters, TChunk> model, TParameters start, OnlineOptions? options = null)
        : this(model, new OnlineState<TParameters>(start, [], [], 0, 0, 0, double.NaN), options)
    {
    }

    /// <summary>Goes on where another was saved.</summary>
    /// <exception cref="ArgumentException">The state is of another model.</exception>
    public OnlineEm(IStepwiseModel<TParameters, TChunk> model, OnlineState<TParameters> state, OnlineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(state);
        _options = (options ?? OnlineOptions.Default).Checked();
        _model = model;
        _statistic = Restored(state.Statistic, model.StatisticLength);
        _average = Restored(state.Average, model.StatisticLength);
        _own = new double[model.StatisticLength];
        (Parameters, Steps, Mass, _averaged, Foresight) = (state.Parameters, state.Steps, state.Mass, state.Averaged, state.Foresight);
        model.MoveOrigin(new double[model.StatisticLength], Parameters, Parameters);
    }

    /// <summary>The M-step of the current statistic; the start until enough data have come.</summary>
    public TParameters Parameters { get; private set; }

    /// <summary>The M-step of the averaged statistic: less noisy, and what to use.</summary>
    public TParameters Averaged => _smooth ??= _averaged == 0 ? Parameters : _model.Maximize(Scaled(_average), Parameters);

    /// <summary>Batches so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Data so far, in the model's unit: rows, where they have no weights.</summary>
    public double Mass { get; private set; }

    /// <summary>
    /// The running mean log-likelihood per unit of mass, each batch taken before it was learnt from: an honest measure that needs no data set aside. NaN before the
    /// first M-step. A fall says that the data drift.
    /// </summary>
    public double Foresight { get; private set; }

    /// <summary>Learns from a batch: some hundred rows at least.</summary>
    /// <returns>The mean log-likelihood per unit of mass of the batch, under the parameters before it; NaN for a batch without mass.</returns>
    /// <exception cref="NumericalException">The batch has density zero under the current parameters, or the M-step breaks down.</exception>
    public double PartialFit(TChunk batch)
    {
        _batch.Set(batch);
        return Learn(null, CancellationToken.None);
    }

    /// <summary>Learns from a batch of several chunks.</summary>
    /// <inheritdoc cref="PartialFit(TChunk)"/>
    public double PartialFit(IDataSource<TChunk> batch, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _batch.Set(batch);
        return Learn(null, cancellation);
    }

    /// <summary>The mean log-likelihood per unit of mass of data set aside, under <see cref="Averaged"/>.</summary>
    public double Score(IDataSource<TChunk> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        double mass = 0;
        for (int index = 0; index < data.ChunkCount; index++)
        {
            mass += _model.Mass(data.GetChunk(index));
        }
        return NewReduction(data).Evaluate(Averaged, _own, CancellationToken.None) / mass;
    }

    /// <summary>All that was learnt so far.</summary>
    public OnlineState<TParameters> Save() => new(Parameters, [.. _statistic], [.. _average], Steps, Mass, _averaged, Foresight);

    internal double PartialFit(ReadOnlySpan<int> pieces, IDataSource<TChunk> data, CancellationToken cancellation)
    {
        Reduction<TParameters, TChunk>? reduction = _batch.ChunkCount == pieces.Length ? _reduction : null;
        _batch.Set(data, pieces);
        return Learn(reduction, cancellation);
    }

    private double Learn(Reduction<TParameters, TChunk>? reduction, CancellationToken cancellation)
    {
        double mass = 0;
        for (int index = 0; index < _batch.ChunkCount; index++)
        {
            mass += _model.Mass(_batch.GetChunk(index));
        }
        if (!(mass > 0))
        {
            return double.NaN;
        }
        _reduction = reduction ?? NewReduction(_batch);
        double foresight = _reduction.Evaluate(Parameters, _own, cancellation) / mass;
        if (!double.IsFinite(foresight))
        {
            throw new NumericalException($"Expected a finite log-likelihood of a batch, found {foresight}: its rows have density zero, or overflow, under the current parameters. Rescale the data, or start elsewhere.");
        }
        bool held = Mass < Hold;
        double step = held ? mass / (Mass + mass) : Math.Pow(Steps + 2, -_options.Exponent);
        if (_options.HalfLife is { } life)
        {
            step = Math.Max(step, 1 - Math.Pow(2, -mass / life));
        }
        Blend(_statistic, _own, step, 1 / mass);
        Steps++;
        Mass += mass;
        if (Mass >= Hold)
        {
            Foresight = double.IsNaN(Foresight) ? foresight : Foresight + Math.Max(ForesightWeight, 1.0 / Steps) * (foresight - Foresight);
            Move();
        }
        _smooth = default;
        return foresight;
    }

    private double Hold => _options.Hold > 0 ? _options.Hold : 2.0 * _statistic.Length;

    /// <summary>The M-step, after which both statistics are about the new parameters; then the average takes in the new one.</summary>
    private void Move()
    {
        TParameters next = _model.Maximize(Scaled(_statistic), Parameters);
        _model.MoveOrigin(_statistic, Parameters, next);
        if (_averaged > 0)
        {
            _model.MoveOrigin(_average, Parameters, next);
        }
        Parameters = next;
        _averaged++;
        double share = (AverageOffset + 1) / (_averaged + AverageOffset);
        if (_options.HalfLife is { } life)
        {
            share = Math.Max(share, 1 - Math.Pow(2, -Mass / Steps / life));
        }
        Blend(_average, _statistic, share, 1);
    }

    /// <summary>target ← (1 − share)·target + share·scale·source.</summary>
    private static void Blend(Span<double> target, ReadOnlySpan<double> source, double share, double scale)
    {
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = Math.FusedMultiplyAdd(share, scale * source[index] - target[index], target[index]);
        }
    }

    private double[] Scaled(double[] statistic)
    {
        double[] scaled = new double[statistic.Length];
        double whole = _options.Whole > 0 ? _options.Whole
            : _options.HalfLife is { } life ? Math.Min(Mass, life / double.Log(2))
            : Mass;
        TensorPrimitives.Multiply(statistic, whole, scaled);
        return scaled;
    }

    private Reduction<TParameters, TChunk> NewReduction(IDataSource<TChunk> data) =>
        new(_model, data, EmOptions.ThreadsOrAll(_options.Threads), _options.Communicator);

    private static double[] Restored(IReadOnlyList<double> values, int length) => values.Count == 0 ? new double[length]
        : values.Count == length ? [.. values]
        : throw new ArgumentException($"Expected the state of a model with a statistic of {length} numbers, found {values.Count}. Resume with the model it was saved under.", nameof(values));
}
