using System.Collections.Immutable;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures.LatentClasses;

namespace Latent.Mixtures;

/// <summary>Latent classes fitted to data, largest first: class sizes, item probabilities, and how well they reproduce the table of patterns.</summary>
public sealed class LatentClassFit
{
    private readonly Lazy<(double G, double Chi, double Weight)> _tests;

    internal LatentClassFit(MixtureFit<Product> fit, IRowSource items, long? patterns)
    {
        Fit = fit;
        Items = items;
        Patterns = patterns;
        Probabilities = [.. fit.Components.Select(component => component.Parts.Select(part => ((Categorical)part).Probabilities.ToArray()).ToArray())];
        _tests = new(Tests);
    }

    /// <summary>The fit as a mixture: prediction, scores, drawing, standard errors, bootstrap.</summary>
    public MixtureFit<Product> Fit { get; }

    /// <summary>The items as they were fitted, by code.</summary>
    public IRowSource Items { get; }

    /// <summary>The distinct rows that were fitted in place of all, where that saved half of the work; else null.</summary>
    public long? Patterns { get; }

    /// <summary>Class sizes, which sum to one.</summary>
    public ImmutableArray<double> Weights => Fit.Weights;

    /// <summary>P(item = category | class), by class, item and category.</summary>
    public double[][][] Probabilities { get; }

    /// <summary>The number of classes.</summary>
    public int Classes => Weights.Length;

    /// <summary>The engine's report.</summary>
    public EmResult Result => Fit.Result;

    /// <summary>The log-likelihood of the items, in nats.</summary>
    public double LogLikelihood => Fit.LogLikelihood;

    /// <summary>Free parameters.</summary>
    public int FreeParameters => Fit.FreeParameters;

    /// <summary>−2ℓ + 2p.</summary>
    public double Aic => Fit.Aic;

    /// <summary>−2ℓ + p·ln n.</summary>
    public double Bic => Fit.Bic;

    /// <summary>BIC + 2·entropy.</summary>
    public double Icl => Fit.Icl;

    /// <summary>1 − entropy of the posteriors over n·ln K: 1 where every row is certain of its class, 0 where none knows anything; 1 for one class.</summary>
    public double EntropyRSquared => Classes == 1 ? 1 : 1 - Fit.Entropy / (Fit.Data.Weight * Math.Log(Classes));

    /// <summary>The likelihood-ratio statistic G² = 2Σ o·log(o/e) of the table of complete rows; 0 when the classes reproduce it.</summary>
    public double GSquared => _tests.Value.G;

    /// <summary>Pearson's χ² = Σ(o − e)²/e of the same table, over all cells.</summary>
    public double ChiSquare => _tests.Value.Chi;

    /// <summary>
    /// Degrees of freedom of both: cells of the table, or rows where there are fewer, less one, less the free parameters; negative where the classes have more parameters than the data can
    /// determine. The χ² distribution is a poor guide in sparse tables: use <see cref="LatentClassSelection.Test"/>.
    /// </summary>
    public long DegreesOfFreedom
    {
        get
        {
            double cells = 1;
            foreach (Column item in Items.Schema)
            {
                cells *= item.Levels.Count;
            }
            return (long)Math.Min(cells - 1, Math.Round(Fit.Data.Weight)) - FreeParameters;
        }
    }

    /// <summary>The class, from 0, with the highest posterior probability for each row.</summary>
    public int[] Predict(IRowSource? items = null) => Fit.Predict(items ?? Items);

    /// <summary>Posterior class probabilities, row-major.</summary>
    public double[] Posteriors(IRowSource? items = null) => Fit.Responsibilities(items ?? Items);

    /// <summary>Standard errors of class sizes and item probabilities. A probability of 0 or 1 has none: it lies on its boundary, and the table says so.</summary>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        Fit.StandardErrors(Items, options, cancellation);

    private (double G, double Chi, double Weight) Tests()
    {
        (double[] values, double[] weights) = RowPatterns.Of(Items, giveUp: false);
        int columns = Items.Columns;
        int[] complete = [.. Enumerable.Range(0, weights.Length).Where(row => !values.AsSpan(row * columns, columns).ContainsAnyNaN())];
        double[] kept = [.. complete.SelectMany(row => values[(row * columns)..((row + 1) * columns)])];
        double n = complete.Sum(row => weights[row]);
        if (complete.Length == 0)
        {
            return (double.NaN, double.NaN, 0);
        }
        double[] logDensity = Fit.LogDensity(RowSource.From(kept, columns).WithSchema(Items.Schema));
        double g = 0;
        double chi = n;
        for (int index = 0; index < complete.Length; index++)
        {
            double observed = weights[complete[index]];
            double expected = n * Math.Exp(logDensity[index]);
            g += 2 * observed * (Math.Log(observed / n) - logDensity[index]);
            chi += (observed - expected) * (observed - expected) / expected - expected;
        }
        return (g, chi, n);
    }
}
