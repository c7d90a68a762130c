using System.Numerics.Tensors;
using Latent.Engine.Acceleration;

namespace Latent.Engine.Stepwise;

/// <summary>
/// The objective of all data near a point θ₀, from a sample: L̃(θ) = (n/m)·L_m(θ) + ⟨c, η(θ)⟩ with the statistic c = s̄(θ₀) − (n/m)·s̄_m(θ₀) that the sample lacks there. Its
/// EM map has the gradient, and the first step from θ₀, of all data; its curvature is the sample's. It has an objective since ⟨c, η⟩ is the integral of its gradient.
/// </summary>
/// <remarks>Minorised like any likelihood: the sample's part by its E-step, the rest, a complete-data likelihood, by itself. [ShamirSrebroZhang2014; JordanLeeYang2019]</remarks>
internal sealed class Surrogate<TParameters, TChunk> : IGradientEmMap
{
    // Gauss and Legendre's five nodes on [0, 1] [AbramowitzStegun1964, table 25.4]: exact for polynomials of degree nine along the way from θ₀.
    private static readonly (double Node, double Weight)[] _rule =
    [
        (0.046910077030668004, 0.11846344252809454),
        (0.23076534494715845, 0.23931433524968324),
        (0.5, 0.28444444444444444),
        (0.76923465505284155, 0.23931433524968324),
        (0.953089922969332, 0.11846344252809454),
    ];

    private readonly IStepwiseModel<TParameters, TChunk> _model;
    private readonly ICoordinateScore<TParameters> _score;
    private readonly TParameters _origin;
    private readonly Reduction<TParameters, TChunk> _sample;
    private readonly double _ratio;
    private readonly double[] _whole;
    private readonly double[] _own;
    private readonly double[] _lacking;
    private readonly double[] _total;
    private readonly double[] _moved;
    private readonly double[] _none;
    private TParameters _current;
    private bool _begun;

    private Surrogate(
        IStepwiseModel<TParameters, TChunk> model, ICoordinateScore<TParameters> score, Reduction<TParameters, TChunk> sample, double ratio, TParameters origin, double[] whole, double[] gradient)
    {
        (_model, _score, _sample, _ratio, _origin, _whole, Gradient) = (model, score, sample, ratio, origin, whole, gradient);
        (_own, _lacking, _total, _moved, _none) = (new double[whole.Length], new double[whole.Length], new double[whole.Length], new double[whole.Length], new double[whole.Length]);
        Length = gradient.Length;
        Start = new double[Length];
        score.WriteCoordinates(origin, Start);
        _current = origin;
    }

    public int Length { get; }

    public bool HasObjective => true;

    /// <summary>The coordinates of θ₀.</summary>
    public double[] Start { get; }

    /// <summary>∇L(θ₀), of all data.</summary>
    public double[] Gradient { get; }

    /// <summary>Sweeps over the sample.</summary>
    public int Sweeps { get; private set; }

    /// <summary>The largest objective that is believed: far from θ₀ what the sample lacks can have no maximum.</summary>
    public double Ceiling { get; set; } = double.PositiveInfinity;

    /// <summary>The surrogate at <paramref name="origin"/>; null where its gradient cannot be had.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sample">Sweeps over the sample.</param>
    /// <param name="ratio">n/m.</param>
    /// <param name="origin">θ₀.</param>
    /// <param name="whole">The statistic of all data under θ₀.</param>
    public static Surrogate<TParameters, TChunk>? TryCreate(
        IStepwiseModel<TParameters, TChunk> model, Reduction<TParameters, TChunk> sample, double ratio, TParameters origin, double[] whole) =>
        model is ICoordinateScore<TParameters> { HasCoordinateScore: true } score && new double[score.CoordinateCount(origin)] is var gradient && score.TryWriteCoordinateScore(whole, origin, gradient)
            ? new Surrogate<TParameters, TChunk>(model, score, sample, ratio, origin, whole, gradient)
            : null;

    /// <summary>The parameters at a point of the map.</summary>
    public TParameters At(ReadOnlySpan<double> point) => _score.TryReadCoordinates(point, _origin, out TParameters? parameters) ? parameters : _origin;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective)
    {
        if (!TryPass(point, image, out objective))
        {
            return false;
        }
        if (!_score.TryWriteCoordinateScore(_total, _current, gradient))
        {
            gradient.Fill(double.NaN);
        }
        return true;
    }

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective)
    {
        objective = double.NaN;
        TParameters? parameters = _origin;
        if (_begun && !_score.TryReadCoordinates(point, _origin, out parameters))
        {
            return false;
        }
        double likelihood = _sample.Evaluate(parameters, _own, CancellationToken.None);
        Sweeps++;
        if (!_begun)
        {
            Blend(_whole, 1, _own, -_ratio, _lacking);
            _whole.CopyTo(_total, 0);
            _begun = true;
        }
        else
        {
            _lacking.CopyTo(_total, 0);
            _model.MoveOrigin(_total, _origin, parameters);
            Blend(_total, 1, _own, _ratio, _total);
        }
        objective = _ratio * likelihood + _model.LogPrior(parameters) + Remainder(point);
        if (!double.IsFinite(objective) || objective > Ceiling || TryMaximize(parameters) is not { } next || _score.CoordinateCount(next) != Length)
        {
            return false;
        }
        _score.WriteCoordinates(next, image);
        _current = parameters;
        return true;
    }

    /// <summary>The M-step; null where a bold proposal, or too much that the sample lacks, has left it nothing to work with.</summary>
    private TParameters? TryMaximize(TParameters parameters)
    {
        try
        {
            return _model.Maximize(_total, parameters);
        }
        catch (Exception cause) when (cause is NumericalException or ArgumentException)
        {
            return default;
        }
    }

    /// <summary>⟨c, η(θ)⟩ − ⟨c, η(θ₀)⟩.</summary>
    private double Remainder(ReadOnlySpan<double> point)
    {
        double[] way = new double[Length];
        TensorPrimitives.Subtract(point, Start, way);
        if (!way.AsSpan().ContainsAnyExcept(0.0))
        {
            return 0;
        }
        double[] there = new double[Length], slope = new double[Length], prior = new double[Length];
        double sum = 0;
        foreach ((double node, double weight) in _rule)
        {
            for (int j = 0; j < there.Length; j++)
            {
                there[j] = Math.FusedMultiplyAdd(way[j], node, Start[j]);
            }
            if (!_score.TryReadCoordinates(there, _origin, out TParameters? parameters))
            {
                return double.NaN;
            }
            _lacking.CopyTo(_moved, 0);
            _model.MoveOrigin(_moved, _origin, parameters);
            // The gradient is affine in the statistic: what it is without any is the prior's.
            if (!_score.TryWriteCoordinateScore(_moved, parameters, slope) || !_score.TryWriteCoordinateScore(_none, parameters, prior))
            {
                return double.NaN;
            }
            sum += weight * (VectorMath.Dot(slope, way) - VectorMath.Dot(prior, way));
        }
        return sum;
    }

    private static void Blend(double[] first, double a, double[] second, double b, double[] target)
    {
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = Math.FusedMultiplyAdd(b, second[index], a * first[index]);
        }
    }
}
