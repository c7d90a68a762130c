using Latent.Data;
using Latent.Families;
using Latent.Mixtures.LatentClasses;

namespace Latent.Mixtures;

/// <summary>Latent classes with covariates, fitted in one step.</summary>
public sealed class LatentClassRegressionFit
{
    private readonly LatentClassRegressionModel _model;
    private readonly RowSource _rows;

    internal LatentClassRegressionFit(LatentClassRegressionModel model, EmResult<LatentClassRegression> result, RowSource rows, IReadOnlyList<string> terms)
    {
        _model = model;
        _rows = rows;
        Result = result;
        TermNames = terms;
        Probabilities = [.. result.Parameters.Classes.Select(component => component.Parts.Select(part => ((Categorical)part).Probabilities.ToArray()).ToArray())];
    }

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
            _model.Posteriors(Result.Parameters, chunk, posteriors.AsSpan((int)chunk.FirstRow * classes, chunk.Rows * classes));
        }
        return posteriors;
    }

    /// <summary>Standard errors of coefficients and item probabilities.</summary>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        Latent.StandardErrors.Of(_model, _rows, Result.Parameters, options, cancellation);
}
