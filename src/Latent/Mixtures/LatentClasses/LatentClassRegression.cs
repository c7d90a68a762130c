using System.Collections.Immutable;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures.LatentClasses;

namespace Latent.Mixtures;

/// <summary>Latent classes whose sizes depend on covariates z: P(class k | z) ∝ exp(zᵀβₖ), β of the first class 0.</summary>
public sealed class LatentClassRegression
{
    /// <summary>Classes from their parameters.</summary>
    /// <param name="coefficients">βₖ by class and term, the intercept first.</param>
    /// <param name="probabilities">P(item = category | class), by class, item and category.</param>
    /// <exception cref="ArgumentException">Numbers of classes, terms or items do not match, or probabilities are none.</exception>
    public LatentClassRegression(IReadOnlyList<double[]> coefficients, IReadOnlyList<double[][]> probabilities)
    {
        ArgumentNullException.ThrowIfNull(coefficients);
        ArgumentNullException.ThrowIfNull(probabilities);
        if (coefficients.Count == 0 || coefficients.Count != probabilities.Count || coefficients.Any(own => own.Length == 0 || own.Length != coefficients[0].Length || !own.All(double.IsFinite)))
        {
            throw new ArgumentException($"Expected as many classes with finite coefficients of the same terms as with probabilities, found {coefficients.Count} and {probabilities.Count}.");
        }
        int[] levels = [.. probabilities[0].Select(item => item.Length)];
        if (probabilities.Any(own => !own.Select(item => item.Length).SequenceEqual(levels)))
        {
            throw new ArgumentException("Expected the same items and categories in every class, found others.", nameof(probabilities));
        }
        ProductFamily family = new(levels.Select(count => ProductPart.Of(new CategoricalFamily(count))));
        Flat = [.. coefficients.SelectMany(own => own)];
        Terms = coefficients[0].Length;
        Classes = [.. probabilities.Select(own => family.Join([.. own.Select(item => new Categorical(item))]))];
    }

    internal LatentClassRegression(double[] coefficients, int terms, ImmutableArray<Product> classes)
    {
        Flat = coefficients;
        Terms = terms;
        Classes = classes;
    }

    /// <summary>βₖ, class by class; those of the first class are 0.</summary>
    public double[][] Coefficients => [.. Enumerable.Range(0, Classes.Length).Select(k => Flat[(k * Terms)..((k + 1) * Terms)])];

    /// <summary>The items' distributions in each class.</summary>
    public ImmutableArray<Product> Classes { get; }

    /// <summary>P(item = category | class), by class, item and category.</summary>
    public double[][][] Probabilities => [.. Classes.Select(component => component.Parts.Select(part => ((Categorical)part).Probabilities.ToArray()).ToArray())];

    /// <summary>The intercept and the covariates.</summary>
    public int Terms { get; }

    internal double[] Flat { get; }

    /// <summary>Posterior class probabilities given items and covariates, row-major, and the log-density of the items given the covariates.</summary>
    /// <param name="items">Items by the codes of the fit; NaN where one is missing.</param>
    /// <param name="covariates">As many rows of complete numbers, without the intercept.</param>
    /// <exception cref="ArgumentException">Rows or columns do not match, or a covariate is missing.</exception>
    public (double[] Posteriors, double[] LogDensity) Evaluate(IRowSource items, IRowSource covariates)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(covariates);
        if (items.Columns != Classes[0].Parts.Length || covariates.Columns != Terms - 1)
        {
            throw new ArgumentException($"Expected {Classes[0].Parts.Length} items and {Terms - 1} covariates, found {items.Columns} and {covariates.Columns}.", nameof(items));
        }
        ProductFamily family = new(Classes[0].Parts.Select(part => ProductPart.Of(new CategoricalFamily(((Categorical)part).Probabilities.Length))));
        LatentClassRegressionModel model = new(family, Classes.Length, [.. Enumerable.Repeat(1.0, Terms)], LatentClass.Terms(covariates), items.Schema.Names);
        RowSource rows = LatentClass.Joined(items, covariates);
        double[] posteriors = new double[rows.Rows * Classes.Length];
        double[] logDensity = new double[rows.Rows];
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            int first = (int)chunk.FirstRow;
            model.Evaluate(this, chunk, posteriors.AsSpan(first * Classes.Length, chunk.Rows * Classes.Length), logDensity.AsSpan(first, chunk.Rows));
        }
        return (posteriors, logDensity);
    }
}
