using Latent.Data;
using Latent.Mixtures.LatentClasses;

namespace Latent.Mixtures;

/// <summary>Latent classes with covariates, fitted in one step.</summary>
public sealed class LatentClassRegressionFit
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

    /// <summary>The log-likelihood of the items given the covariates, in nats.</summary>
    public double LogLikelihood => Result.LogLikelihood;

    /// <summary>Free parameters.</summary>
    public int FreeParameters => _model.FreeParameters;

    /// <summary>−2ℓ + 2p.</summary>
    public double Aic => -2 * LogLikelihood + 2 * FreeParameters;

    /// <summary>−2ℓ + p·ln n.</summary>
    public double Bic => -2 * LogLikelihood + FreeParameters * Math.Log(_rows.TotalWeight);

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
    public double Icl => Bic + 2 * Entropy;

    /// <summary>1 − entropy of the posteriors over n·ln K: 1 where every row is certain of its class; 1 for one class.</summary>
    public double EntropyRSquared => Probabilities.Length == 1 ? 1 : 1 - Entropy / (_rows.TotalWeight * Math.Log(Probabilities.Length));

    /// <summary>The mean of the posteriors: the sizes of the classes in these rows.</summary>
    public double[] Sizes()
    {
        double[] posteriors = Posteriors();
        double[] sizes = new double[Probabilities.Length];
        for (int place = 0; place < posteriors.Length; place++)
        {
            sizes[place % sizes.Length] += _rows.Weight(place / sizes.Length) * posteriors[place] / _rows.TotalWeight;
        }
        return sizes;
    }

    private double Uncertainty()
    {
        double[] posteriors = Posteriors();
        double sum = 0;
        for (int place = 0; place < posteriors.Length; place++)
        {
            sum -= posteriors[place] > 0 ? _rows.Weight(place / Probabilities.Length) * posteriors[place] * Math.Log(posteriors[place]) : 0;
        }
        return sum;
    }

    /// <summary>Standard errors of coefficients and item probabilities.</summary>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        Latent.StandardErrors.Of(_model, _rows, Result.Parameters, options, cancellation);
}
