using System.Runtime.CompilerServices;

namespace Latent.Engine;

/// <summary>A model and its data as a fixed-point map over the model's coordinates: one pass is one sweep and one M-step.</summary>
internal class ModelMap<TParameters, TChunk> : IEmMap
{
    // Where parameters were read from: a fit of the same model that goes on from them starts at that point to the bit, which rounding would not lead back to.
    private static readonly ConditionalWeakTable<object, Origin> _points = [];

    private readonly IEmModel<TParameters, TChunk> _model;
    private readonly ICoordinates<TParameters> _coordinates;
    private readonly Reduction<TParameters, TChunk> _reduction;
    private readonly TParameters _like;
    private readonly double[] _statistic;

    protected ModelMap(IEmModel<TParameters, TChunk> model, ICoordinates<TParameters> coordinates, Reduction<TParameters, TChunk> reduction, TParameters like)
    {
        _model = model;
        _coordinates = coordinates;
        _reduction = reduction;
        _like = like;
        _statistic = new double[model.StatisticLength];
        Parameters = like;
        Length = coordinates.CoordinateCount(like);
    }

    public int Length { get; }

    /// <summary>The parameters whose structure all points of the map share.</summary>
    public TParameters Chart => _like;

    /// <summary>The parameters of the last feasible pass.</summary>
    public TParameters Parameters { get; private set; }

    /// <summary>The log-likelihood of the last feasible pass, without the prior.</summary>
    public double LogLikelihood { get; private set; }

    /// <summary>Cancels a pass.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>The map, or null for a model or parameters without coordinates.</summary>
    public static ModelMap<TParameters, TChunk>? TryCreate(IEmModel<TParameters, TChunk> model, Reduction<TParameters, TChunk> reduction, TParameters like) =>
        model is ICoordinates<TParameters> coordinates && coordinates.CoordinateCount(like) > 0
            ? model is ICoordinateScore<TParameters> { HasCoordinateScore: true } score
                ? new ScoredModelMap<TParameters, TChunk>(model, score, reduction, like)
                : new ModelMap<TParameters, TChunk>(model, coordinates, reduction, like)
            : null;

    /// <summary>The statistic of the last pass.</summary>
    protected ReadOnlySpan<double> Statistic => _statistic;

    public double[] Start()
    {
        if (_like is object like && _points.TryGetValue(like, out Origin? known) && ReferenceEquals(known.Coordinates, _coordinates))
        {
            return [.. known.Point];
        }
        double[] point = new double[Length];
        _coordinates.WriteCoordinates(_like, point);
        return point;
    }

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective)
    {
        objective = double.NaN;
        if (!_coordinates.TryReadCoordinates(point, _like, out TParameters? parameters))
        {
            return false;
        }
        double logLikelihood = _reduction.Evaluate(parameters, _statistic, Cancellation);
        double reached = logLikelihood + _model.LogPrior(parameters);
        if (!double.IsFinite(reached) || TryMaximize(parameters) is not { } next || _coordinates.CoordinateCount(next) != Length)
        {
            return false;
        }
        _coordinates.WriteCoordinates(next, image);
        _points.AddOrUpdate(parameters!, new Origin(_coordinates, point.ToArray()));
        (Parameters, LogLikelihood, objective) = (parameters, logLikelihood, reached);
        return true;
    }

    /// <summary>The M-step, or null where a bold proposal has left it nothing to work with.</summary>
    private TParameters? TryMaximize(TParameters parameters)
    {
        try
        {
            return _model.Maximize(_statistic, parameters);
        }
        catch (NumericalException)
        {
            return default;
        }
    }

    private sealed record Origin(ICoordinates<TParameters> Coordinates, double[] Point);
}

/// <summary>The map of a model that knows the gradient of its objective.</summary>
internal sealed class ScoredModelMap<TParameters, TChunk>(
    IEmModel<TParameters, TChunk> model, ICoordinateScore<TParameters> coordinates, Reduction<TParameters, TChunk> reduction, TParameters like)
    : ModelMap<TParameters, TChunk>(model, coordinates, reduction, like), IGradientEmMap
{
    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective)
    {
        if (!TryPass(point, image, out objective))
        {
            return false;
        }
        if (!coordinates.TryWriteCoordinateScore(Statistic, Parameters, gradient))
        {
            gradient.Fill(double.NaN);
        }
        return true;
    }
}
