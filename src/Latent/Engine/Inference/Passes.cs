using MathNet.Numerics.LinearAlgebra;

namespace Latent.Engine;

/// <summary>What inference asks of the data, each in one pass: the objective, the EM image, the total score, the outer products of scores.</summary>
internal sealed class Passes<TParameters, TChunk>
{
    private readonly IEmModel<TParameters, TChunk> _model;
    private readonly Chart<TParameters> _chart;
    private readonly IExpectedScore<TParameters>? _expected;
    private readonly IScores<TParameters, TChunk>? _scores;
    private readonly Reduction<TParameters, TChunk> _reduction;
    private readonly Reduction<TParameters, TChunk>? _scoreReduction;
    private readonly IDataSource<TChunk> _data;
    private readonly StandardErrorOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly double[] _statistic;

    public Passes(
        IEmModel<TParameters, TChunk> model, IDataSource<TChunk> data, Chart<TParameters> chart, StandardErrorOptions options, CancellationToken cancellation)
    {
        (_model, _data, _chart, _options, _cancellation) = (model, data, chart, options, cancellation);
        _scores = model is IScores<TParameters, TChunk> { HasScores: true } scores ? scores : null;
        _expected = model as IExpectedScore<TParameters>;
        _reduction = new(model, data, EmOptions.ThreadsOrAll(options.Threads), options.Communicator);
        _scoreReduction = _scores is null ? null : Over(new ScoreSweep<TParameters, TChunk>(_scores, chart.Names.Count, products: false));
        _statistic = new double[model.StatisticLength];
    }

    /// <summary>Whether each observation has a score.</summary>
    public bool HasScores => _scores is not null;

    /// <summary>Whether the total score can be had.</summary>
    public bool HasTotalScore => _scores is not null || _expected is not null;

    /// <summary>Passes so far.</summary>
    public int Count { get; private set; }

    /// <summary>Log-likelihood plus log-prior.</summary>
    public double Objective(TParameters parameters)
    {
        Count++;
        return _reduction.Evaluate(parameters, _statistic, _cancellation) + _model.LogPrior(parameters);
    }

    /// <summary>F(θ).</summary>
    public TParameters Image(TParameters parameters)
    {
        Count++;
        _reduction.Evaluate(parameters, _statistic, _cancellation);
        return _model.Maximize(_statistic, parameters);
    }

    /// <summary>The total score in natural parameters, and last 1 for the log-prior; null where the point does not exist.</summary>
    public double[]? NaturalScore(double[] point)
    {
        if (!_chart.TryAt(point, out TParameters? parameters))
        {
            return null;
        }
        double[] natural = new double[_chart.Names.Count + 1];
        natural[^1] = 1;
        Count++;
        if (_scoreReduction is not null)
        {
            double[] sums = new double[ScoreSum.LengthOf(_chart.Names.Count, products: false)];
            _scoreReduction.Evaluate(parameters, sums, _cancellation);
            sums.AsSpan(1).CopyTo(natural);
        }
        else
        {
            _reduction.Evaluate(parameters, _statistic, _cancellation);
            _expected!.WriteScore(_statistic, parameters, natural.AsSpan(0, _chart.Names.Count));
        }
        return natural;
    }

    /// <summary>Σ w and Σ w·s·sᵀ in coordinates at the estimate.</summary>
    public (double Weight, Matrix<double> Products) OuterProducts(Matrix<double> jacobian)
    {
        int length = _chart.Names.Count;
        double[] sums = new double[ScoreSum.LengthOf(length, products: true)];
        Count++;
        Over(new ScoreSweep<TParameters, TChunk>(_scores!, length, products: true)).Evaluate(_chart.Estimate, sums, _cancellation);
        ScoreSum view = new(sums, length, products: true);
        Matrix<double> products = Matrix<double>.Build.Dense(length, length);
        for (int i = 0, cell = 0; i < length; i++)
        {
            for (int j = 0; j <= i; j++, cell++)
            {
                products[i, j] = products[j, i] = view.Products[cell];
            }
        }
        Matrix<double> natural = jacobian.SubMatrix(0, length, 0, jacobian.ColumnCount);
        return (view.Weight, natural.Transpose() * products * natural);
    }

    private Reduction<TParameters, TChunk> Over(IEmModel<TParameters, TChunk> sweep) =>
        new(sweep, _data, EmOptions.ThreadsOrAll(_options.Threads), _options.Communicator);
}
