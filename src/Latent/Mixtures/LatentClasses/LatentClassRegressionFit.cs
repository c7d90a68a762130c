using Latent.Data;
using Latent.Mixtures.LatentClasses;

namespace Latent.Mixtures;

/// <summary>Latent classes with covariates, fitted in one step.</summary>
public sealed class LatentClassRegressionFit : ILikelihoodFit
{
    private readonly LatentClassRegressionModel _model;
    private readonly RowSource _rows;
    private readonly Lazy<double> _entropy;

    internal LatentClassRegressionFit(LatentClassRegressionModel model, EmResult<LatentClassRegression> result, RowSource rows, IReadOnlyList<string> terms, IRowSource items)
    {
        Items = items;
        _model = model;
        _rows = rows;
        Result = result;
        _entropy = new Lazy<double>(Uncertainty);
        TermNames = terms;
        Probabilities = result.Parameters.Probabilities;
    }

    /// <summary>The items as they were fitted, by code.</summary>
    public IRowSource Items { get; }

    /// <summary>The engine's report.</summary>
    public EmResult<LatentClassRegression> Result { get; }

    /// <summary>The intercept and the covariates.</summary>
    public IReadOnlyList<string> TermNames { get; }

    /// <summary>βₖ by class and term: log-odds against the first class, whose own are 0.</summary>
    public double[][] Coefficients => Result.Parameters.Coefficients;

    /// <summary>P(item = category | class), by class, item and category.</summary>
    public double[][][] Probabilities { get; }

    EmResult ILikelihoodFit.Result => Result;

    /// <inheritdoc/>
    public long Rows => _rows.Rows;

    /// <inheritdoc/>
    public double Weight => _rows.TotalWeight;

    /// <inheritdoc/>
    public int FreeParameters => _model.FreeParameters;

    /// <summary>Posterior class probabilities of the rows of the fit, row-major, given items and covariates.</summary>
    public double[] Posteriors()
    {
        int classes = Probabilities.Length;
        double[] posteriors = new double[_rows.Rows * classes];
        for (int index = 0; index < _rows.ChunkCount; index++)
        {
            RowChunk chunk = _rows.GetChunk(index);
            _model.Evaluate(Result.Parameters, chunk, posteriors.AsSpan((int)chunk.FirstRow * classes, chunk.Rows * classes), []);
        }
        return posteriors;
    }

    /// <summary>The entropy of the posteriors, Σ w·(−Σ r·log r), in nats.</summary>
    public double Entropy => _entropy.Value;

    /// <summary>BIC + 2·entropy.</summary>
    public double Icl => this.Bic + 2 * Entropy;

    /// <summary>1 − entropy of the posteriors over n·ln K: 1 where every row is certain of its class; 1 for one class.</summary>
    public double EntropyRSquared => Probabilities.Length == 1 ? 1 : 1 - Entropy / (Weight * Math.Log(Probabilities.Length));

    /// <summary>The mean of the posteriors: the sizes of the classes in these rows.</summary>
    public double[] Sizes()
    {
        double[] posteriors = Posteriors();
        double[] sizes = new double[Probabilities.Length];
        for (int place = 0; place < posteriors.Length; place++)
        {
            sizes[place % sizes.Length] += _rows.Weight(place / sizes.Length) * posteriors[place] / Weight;
        }
        return sizes;
    }

    private double Uncertainty() => Posterior.Entropy(Posteriors(), Probabilities.Length, row => _rows.Weight(row));

    /// <summary>Standard errors of coefficients and item probabilities.</summary>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        Latent.StandardErrors.Of(_model, _rows, Result.Parameters, options, cancellation);
}
