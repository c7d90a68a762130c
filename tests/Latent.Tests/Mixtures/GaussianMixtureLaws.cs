using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using static Latent.Tests.Families.FullGaussianFamilyLaws;

namespace Latent.Tests.Mixtures;

/// <summary>What every mixture of three Gaussians in the plane must obey, whatever its covariances.</summary>
/// <typeparam name="TComponent">The component.</typeparam>
public abstract class GaussianMixtureLaws<TComponent> : RowModelLaws<Mixture<TComponent>>
{
    private protected const int Dimension = 2;
    private const int Count = 3;

    private static readonly double[] _shares = [0.2, 0.5, 0.3];
    private static readonly double[][] _means = [[-4, 0], [0, 3], [4, -1]];

    private protected abstract IFamily<TComponent, RowTile> Family { get; }

    private protected abstract TComponent Create(double[] mean, double[,] covariance);

    private protected abstract double[] MeanOf(TComponent component);

    private protected abstract double[,] CovarianceOf(TComponent component);

    /// <summary>Σ r, Σ r(x−μ) and Σ r(x−μ)(x−μ)ᵀ about the current mean; off-diagonal parts may be left out where no candidate has any.</summary>
    private protected abstract (double[] First, double[,] Second) Moments(ReadOnlySpan<double> statistic, TComponent current);

    /// <summary>The covariance's own coordinates.</summary>
    private protected abstract double[] Shape(double[,] covariance);

    private protected abstract double[,] FromShape(ReadOnlySpan<double> shape);

    protected override IEmModel<Mixture<TComponent>, RowChunk> Model => Mixture;

    private MixtureModel<TComponent> Mixture => field ??= new MixtureModel<TComponent>(Family, Count, Dimension);

    protected override int Columns => Dimension;

    protected override RecoveryCase<Mixture<TComponent>, RowChunk> Recovery
    {
        get
        {
            Mixture<TComponent> truth = new(_shares, [.. _means.Select(mean => Create(mean, new double[,] { { 1, 0 }, { 0, 1 } }))]);
            Mixture<TComponent> start = new([1, 1, 1], [.. _means.Select(mean => Create([mean[0] / 2 + 1, mean[1] / 2], new double[,] { { 5, 0 }, { 0, 5 } }))]);
            return new(truth, [Draw(new Random(Seed), 3000)], start, Mixture.FreeParameters);
        }
    }

    protected override IReadOnlyList<AffineImage<Mixture<TComponent>, RowChunk>> AffineImages =>
    [
        Image("thousandths", 1000, 0, 1e-9),
        Image("another origin", 1, 1 << 10, 1e-9),
        Image("an origin at 2²⁶ and units of a sixteenth", 16, 1 << 26, 1e-6),
    ];

    protected override void DrawRow(Random random, Span<double> row)
    {
        double[] mean = _means[Simulate.Index(random, _shares)];
        for (int column = 0; column < Dimension; column++)
        {
            row[column] = mean[column] + Simulate.Normal(random);
        }
    }

    protected override Mixture<TComponent> Parameters(Random random) => new(
        Simulate.Probabilities(random, Count).Select(share => 0.2 + share).ToArray(),
        [.. _means.Select(mean => Create([.. mean.Select(value => 0.7 * value + 0.5 * Simulate.Normal(random))], FromShape(Shape(Simulate.Covariance(random, Dimension)))))]);

    protected override double[] Flatten(Mixture<TComponent> parameters) =>
        [.. parameters.Weights, .. parameters.Components.SelectMany(component => (double[])[.. MeanOf(component), .. Flat(CovarianceOf(component))])];

    protected override double[] Coordinates(Mixture<TComponent> parameters) =>
    [
        .. parameters.Weights.Skip(1).Select(weight => Math.Log(weight / parameters.Weights[0])),
        .. parameters.Components.SelectMany(component => (double[])[.. MeanOf(component), .. Shape(CovarianceOf(component))]),
    ];

    protected override Mixture<TComponent> FromCoordinates(double[] point)
    {
        double[] weights = [1, .. point[..(Count - 1)].Select(Math.Exp)];
        int each = (point.Length - Count + 1) / Count;
        return new(weights, [.. Enumerable.Range(0, Count).Select(component => Component(point.AsSpan(Count - 1 + component * each, each)))]);
    }

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, Mixture<TComponent> candidate, Mixture<TComponent> current)
    {
        int length = Family.StatisticLength;
        double sum = 0;
        for (int component = 0; component < Count; component++)
        {
            double n = statistic[component];
            (double[] first, double[,] second) = Moments(statistic.Slice(Count + component * length, length), current.Components[component]);
            double[] from = MeanOf(current.Components[component]);
            double[] to = MeanOf(candidate.Components[component]);
            double[,] covariance = CovarianceOf(candidate.Components[component]);
            double determinant = covariance[0, 0] * covariance[1, 1] - covariance[0, 1] * covariance[1, 0];
            double[,] inverse =
            {
                { covariance[1, 1] / determinant, -covariance[0, 1] / determinant },
                { -covariance[1, 0] / determinant, covariance[0, 0] / determinant },
            };
            double trace = 0;
            for (int row = 0; row < Dimension; row++)
            {
                for (int column = 0; column < Dimension; column++)
                {
                    double left = to[row] - from[row];
                    double right = to[column] - from[column];
                    trace += inverse[row, column] * (second[row, column] - first[row] * right - left * first[column] + n * left * right);
                }
            }
            sum += n * (Math.Log(candidate.Weights[component]) - 0.5 * Math.Log(determinant)) - 0.5 * trace;
        }
        return sum;
    }

    protected override ICoordinates<Mixture<TComponent>> OwnCoordinates => Mixture;

    protected override int Components(Mixture<TComponent> parameters) => Count;

    protected override Mixture<TComponent> Relabel(Mixture<TComponent> parameters, int[] permutation) =>
        new([.. permutation.Select(component => parameters.Weights[component])], [.. permutation.Select(component => parameters.Components[component])]);

    /// <summary>The E-step and the M-step are those of a textbook in plain loops: likelihood and parameters, step by step, with weights.</summary>
    [Fact]
    public void StepsAreTheTextbooks()
    {
        Random random = new(Seed + 70);
        RowChunk data = Weigh(Draw(random, 150), [.. Enumerable.Range(0, 150).Select(_ => 3 * random.NextDouble())]);
        Mixture<TComponent> mixture = Parameters(random);
        for (int iteration = 0; iteration < 8; iteration++)
        {
            NaiveGaussianMixture naive = new([.. mixture.Weights], [.. mixture.Components.Select(MeanOf)], [.. mixture.Components.Select(CovarianceOf)]);
            (double expected, NaiveGaussianMixture next) = naive.Step(data.Values, data.Weights);
            double[] statistic = new double[Model.StatisticLength];
            double found = Model.Expect(mixture, data, statistic);
            mixture = Model.Maximize(statistic, mixture);

            Close.Equal(expected, found, 1e-11 * Math.Abs(expected), "log-likelihood");
            Close.Equal(next.Weights, mixture.Weights.AsSpan(), 1e-11, what: "weights");
            for (int component = 0; component < Count; component++)
            {
                Close.Equal(next.Means[component], MeanOf(mixture.Components[component]), 1e-10, what: "mean");
                // What the structure keeps of the textbook's covariance.
                Close.Equal(Flat(FromShape(Shape(next.Covariances[component]))), Flat(CovarianceOf(mixture.Components[component])), 1e-10, what: "covariance");
            }
        }
    }

    private TComponent Component(ReadOnlySpan<double> point) => Create(point[..Dimension].ToArray(), FromShape(point[Dimension..]));

    private AffineImage<Mixture<TComponent>, RowChunk> Image(string name, double scale, double offset, double tolerance) => new(
        name,
        chunk => Edit(chunk, (_, _, value) => scale * value + offset),
        mixture => Map(mixture, value => scale * value + offset, scale * scale),
        mixture => Map(mixture, value => (value - offset) / scale, 1 / (scale * scale)),
        chunk => chunk.Rows * Dimension * Math.Log(scale),
        tolerance);

    private Mixture<TComponent> Map(Mixture<TComponent> mixture, Func<double, double> mean, double factor) => new(
        mixture.Weights.AsSpan(),
        [.. mixture.Components.Select(component => Create([.. MeanOf(component).Select(mean)], Square([.. Flat(CovarianceOf(component)).Select(value => factor * value)])))]);
}

/// <summary>A mixture with full covariances obeys every law of a model.</summary>
public sealed class FullGaussianMixtureLaws : GaussianMixtureLaws<Gaussian>
{
    private protected override IFamily<Gaussian, RowTile> Family { get; } = new FullGaussianFamily(Dimension);

    private protected override Gaussian Create(double[] mean, double[,] covariance) => new(mean, Flat(covariance));

    private protected override double[] MeanOf(Gaussian component) => component.Mean.ToArray();

    private protected override double[,] CovarianceOf(Gaussian component) => Square(component.Covariance.Matrix);

    private protected override (double[] First, double[,] Second) Moments(ReadOnlySpan<double> statistic, Gaussian current)
    {
        double[,] lower = Square(current.Covariance.Lower);
        double[,] whitened = { { statistic[3], statistic[4] }, { statistic[4], statistic[5] } };
        double[,] sums = Product(lower, new double[,] { { statistic[1] }, { statistic[2] } });
        return ([sums[0, 0], sums[1, 0]], Product(Product(lower, whitened), Transposed(lower)));
    }

    private protected override double[] Shape(double[,] covariance)
    {
        double[,] factor = NaiveGaussianMixture.Cholesky(covariance);
        return [Math.Log(factor[0, 0]), factor[1, 0], Math.Log(factor[1, 1])];
    }

    private protected override double[,] FromShape(ReadOnlySpan<double> shape)
    {
        double[,] factor = { { Math.Exp(shape[0]), 0 }, { shape[1], Math.Exp(shape[2]) } };
        return Product(factor, Transposed(factor));
    }
}

/// <summary>A mixture with diagonal covariances obeys every law of a model.</summary>
public sealed class DiagonalGaussianMixtureLaws : GaussianMixtureLaws<DiagonalGaussian>
{
    private protected override IFamily<DiagonalGaussian, RowTile> Family { get; } = new DiagonalGaussianFamily(Dimension);

    private protected override DiagonalGaussian Create(double[] mean, double[,] covariance) => new(mean, [covariance[0, 0], covariance[1, 1]]);

    private protected override double[] MeanOf(DiagonalGaussian component) => component.Mean.ToArray();

    private protected override double[,] CovarianceOf(DiagonalGaussian component) => new double[,] { { component.Variances[0], 0 }, { 0, component.Variances[1] } };

    private protected override (double[] First, double[,] Second) Moments(ReadOnlySpan<double> statistic, DiagonalGaussian current) =>
        ([statistic[1], statistic[2]], new double[,] { { statistic[3], 0 }, { 0, statistic[4] } });

    private protected override double[] Shape(double[,] covariance) => [Math.Log(covariance[0, 0]), Math.Log(covariance[1, 1])];

    private protected override double[,] FromShape(ReadOnlySpan<double> shape) => new double[,] { { Math.Exp(shape[0]), 0 }, { 0, Math.Exp(shape[1]) } };
}

/// <summary>A mixture with spherical covariances obeys every law of a model.</summary>
public sealed class SphericalGaussianMixtureLaws : GaussianMixtureLaws<SphericalGaussian>
{
    private protected override IFamily<SphericalGaussian, RowTile> Family { get; } = new SphericalGaussianFamily(Dimension);

    private protected override SphericalGaussian Create(double[] mean, double[,] covariance) => new(mean, (covariance[0, 0] + covariance[1, 1]) / 2);

    private protected override double[] MeanOf(SphericalGaussian component) => component.Mean.ToArray();

    private protected override double[,] CovarianceOf(SphericalGaussian component) => new double[,] { { component.Variance, 0 }, { 0, component.Variance } };

    // Only the trace is known, and only the trace matters to a spherical candidate.
    private protected override (double[] First, double[,] Second) Moments(ReadOnlySpan<double> statistic, SphericalGaussian current) =>
        ([statistic[1], statistic[2]], new double[,] { { statistic[3] / 2, 0 }, { 0, statistic[3] / 2 } });

    private protected override double[] Shape(double[,] covariance) => [Math.Log((covariance[0, 0] + covariance[1, 1]) / 2)];

    private protected override double[,] FromShape(ReadOnlySpan<double> shape) => new double[,] { { Math.Exp(shape[0]), 0 }, { 0, Math.Exp(shape[0]) } };
}
