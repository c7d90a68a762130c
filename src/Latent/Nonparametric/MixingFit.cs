using System.Collections.Immutable;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Nonparametric;

/// <summary>A mixing distribution by nonparametric maximum likelihood, with its certificate.</summary>
public sealed class MixingFit
{
    internal MixingFit(MixingKernel kernel, IReadOnlyList<string> columns, double[] support, double[] weights, EmResult result)
    {
        Kernel = kernel;
        Support = [.. support];
        Weights = [.. weights];
        Result = result;
        int[] order = [.. Enumerable.Range(0, support.Length).OrderByDescending(j => weights[j])];
        Mixture = new FittedMixture<Product>(
            new MixtureModel<Product>(kernel.Family, support.Length, 1) { ColumnNames = columns },
            new Mixture<Product>(Array.ConvertAll(order, j => weights[j]), Array.ConvertAll(order, j => kernel.Component(support[j]))), columns);
    }

    /// <summary>What is mixed.</summary>
    public MixingKernel Kernel { get; }

    /// <summary>The points with mass, ascending.</summary>
    public ImmutableArray<double> Support { get; }

    /// <summary>Their masses, which sum to one.</summary>
    public ImmutableArray<double> Weights { get; }

    /// <summary>
    /// The report. Its remaining gain is no estimate but a bound: by concavity the maximum over all distributions exceeds the log-likelihood by at most max D(θ) = max Σ w·f(x; θ)/f(x) − n [Lindsay1983].
    /// </summary>
    public EmResult Result { get; }

    /// <summary>Σ w·log ∫ f(x; θ)dG(θ), in nats.</summary>
    public double LogLikelihood => Result.LogLikelihood;

    /// <summary>The same as a finite mixture, largest weight first: the predictive density, posteriors, drawing.</summary>
    public FittedMixture<Product> Mixture { get; }

    /// <summary>E[θ | x] of each row: the empirical Bayes estimate.</summary>
    public double[] PosteriorMeans(IRowSource rows)
    {
        double[] posteriors = Mixture.Responsibilities(rows);
        double[] points = [.. Enumerable.Range(0, Support.Length).OrderByDescending(j => Weights[j]).Select(j => Support[j])];
        double[] means = new double[posteriors.Length / points.Length];
        for (int place = 0; place < posteriors.Length; place++)
        {
            means[place / points.Length] += posteriors[place] * points[place % points.Length];
        }
        return means;
    }
}
