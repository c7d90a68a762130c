using System.Numerics.Tensors;
using Latent.Engine.Acceleration;

namespace Latent.Engine.Stepwise;

/// <summary>
/// The objective of all data near a point θ₀, from a sample: L̃(θ) = (n/m)·L_m(θ) + ⟨c, η(θ)⟩ with the statistic c = s̄(θ₀) − (n/m)·s̄_m(θ₀) that the sample lacks there. Its
/// EM map has the gradient, and the first step from θ₀, of all data; its curvature is the sample's.
/// </summary>
/// <remarks>Minorised like any likelihood: the sample's part by its E-step, the rest, a complete-data likelihood, by itself. [ShamirSrebroZhang2014; JordanLeeYang2019]</remarks>
internal class Surrogate<TParameters, TChunk> : IEmMap
{
    private readonly IEmModel<TParameters, TChunk> _model;
    private readonly IStepwiseModel<TParameters, TChunk> _stepwise;
    private readonly Reduction<TParameters, TChunk> _sample;
    private readonly double _ratio;
    private readonly double[] _whole;
    private readonly double[] _own;
    private bool _begun;

    protected Surrogate(
        IStepwiseModel<TParameters, TChunk> model, ICoordinates<TParameters> coordinates, Reduction<TParameters, TChunk> sample, double ratio, TParameters origin, double[] whole)
    {
        (_model, _stepwise, Coordinates, _sample, _ratio, Origin, _whole) = (model, model, coordinates, sample, ratio, origin, whole);
        (_own, Lacking, Total) = (new double[whole.Length], new double[whole.Length], new double[whole.Length]);
        Length = coordinates.CoordinateCount(origin);
        Start = new double[Length];
        coordinates.WriteCoordinates(origin, Start);
        Current = origin;
    }

    public int Length { get; }

    public virtual bool HasObjective => false;

    /// <summary>The coordinates of θ₀.</summary>
    public double[] Start { get; }

    /// <summary>Sweeps over the sample.</summary>
    public int Sweeps { get; private set; }

    /// <summary>The largest objective that is believed: far from θ₀ what the sample lacks can have no maximum.</summary>
    public double Ceiling { get; set; } = double.PositiveInfinity;

    protected ICoordinates<TParameters> Coordinates { get; }

    /// <summary>θ₀.</summary>
    protected TParameters Origin { get; }

    /// <summary>c, about θ₀.</summary>
    protected double[] Lacking { get; }

    /// <summary>The statistic of the last pass, about its point.</summary>
    protected double[] Total { get; }

    /// <summary>The parameters of the last pass.</summary>
    protected TParameters Current { get; private set; }

    /// <summary>The surrogate at <paramref name="origin"/>; null for a model or parameters without coordinates.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sample">Sweeps over the sample.</param>
    /// <param name="ratio">n/m.</param>
    /// <param name="origin">θ₀.</param>
    /// <param name="whole">The statistic of all data under θ₀.</param>
    public static Surrogate<TParameters, TChunk>? TryCreate(
        IStepwiseModel<TParameters, TChunk> model, Reduction<TParameters, TChunk> sample, double ratio, TParameters origin, double[] whole) =>
        model is not ICoordinates<TParameters> coordinates || coordinates.CoordinateCount(origin) == 0 ? null
        : model is ICoordinateScore<TParameters> { HasCoordinateScore: true } score && score.TryWriteCoordinateScore(whole, origin, new double[coordinates.CoordinateCount(origin)])
            ? new ScoredSurrogate<TParameters, TChunk>(model, score, sample, ratio, origin, whole)
            : new Surrogate<TParameters, TChunk>(model, coordinates, sample, ratio, origin, whole);

    /// <summary>The parameters at a point of the map.</summary>
    public TParameters At(ReadOnlySpan<double> point) => Coordinates.TryReadCoordinates(point, Origin, out TParameters? parameters) ? parameters : Origin;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective)
    {
        objective = double.NaN;
        TParameters? parameters = Origin;
        if (_begun && !Coordinates.TryReadCoordinates(point, Origin, out parameters))
        {
            return false;
        }
        double likelihood = _sample.Evaluate(parameters, _own, CancellationToken.None);
        Sweeps++;
        if (!_begun)
        {
            Blend(_whole, 1, _own, -_ratio, Lacking);
            _whole.CopyTo(Total, 0);
            _begun = true;
        }
        else
        {
            Lacking.CopyTo(Total, 0);
            _stepwise.MoveOrigin(Total, Origin, parameters);
            Blend(Total, 1, _own, _ratio, Total);
        }
        objective = _ratio * likelihood + _model.LogPrior(parameters) + (HasObjective ? Remainder(point) : 0);
        if (!double.IsFinite(objective) || objective > Ceiling || TryMaximize(parameters) is not { } next || Coordinates.CoordinateCount(next) != Length)
        {
            return false;
        }
        Coordinates.WriteCoordinates(next, image);
        Current = parameters;
        return true;
    }

    /// <summary>⟨c, η(θ)⟩ − ⟨c, η(θ₀)⟩.</summary>
    protected virtual double Remainder(ReadOnlySpan<double> point) => 0;

    /// <summary>c about other parameters.</summary>
    protected void MoveLacking(TParameters to, double[] moved)
    {
        Lacking.CopyTo(moved, 0);
        _stepwise.MoveOrigin(moved, Origin, to);
    }

    /// <summary>The M-step; null where a bold proposal, or too much that the sample lacks, has left it nothing to work with.</summary>
    private TParameters? TryMaximize(TParameters parameters)
    {
        try
        {
            return _model.Maximize(Total, parameters);
        }
        catch (Exception cause) when (cause is NumericalException or ArgumentException)
        {
            return default;
        }
    }

    private static void Blend(double[] first, double a, double[] second, double b, double[] target)
    {
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = Math.FusedMultiplyAdd(b, second[index], a * first[index]);
        }
    }
}

/// <summary>The surrogate of a model that knows the gradient of its objective: it then has an objective too, since ⟨c, η⟩ is the integral of its gradient.</summary>
internal sealed class ScoredSurrogate<TParameters, TChunk>(
    IStepwiseModel<TParameters, TChunk> model, ICoordinateScore<TParameters> score, Reduction<TParameters, TChunk> sample, double ratio, TParameters origin, double[] whole)
    : Surrogate<TParameters, TChunk>(model, score, sample, ratio, origin, whole), IGradientEmMap
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

    private readonly double[] _moved = new double[whole.Length];
    private readonly double[] _none = new double[whole.Length];

    public override bool HasObjective => true;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective)
    {
        if (!TryPass(point, image, out objective))
        {
            return false;
        }
        if (!score.TryWriteCoordinateScore(Total, Current, gradient))
        {
            gradient.Fill(double.NaN);
        }
        return true;
    }

    protected override double Remainder(ReadOnlySpan<double> point)
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
            if (!Coordinates.TryReadCoordinates(there, Origin, out TParameters? parameters))
            {
                return double.NaN;
            }
            MoveLacking(parameters, _moved);
            // The gradient is affine in the statistic: what it is without any is the prior's.
            if (!score.TryWriteCoordinateScore(_moved, parameters, slope) || !score.TryWriteCoordinateScore(_none, parameters, prior))
            {
                return double.NaN;
            }
            sum += weight * (VectorMath.Dot(slope, way) - VectorMath.Dot(prior, way));
        }
        return sum;
    }
}
