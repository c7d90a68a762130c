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

    private protected abstract TComponent[] Create(double[][] means, double[][,] covariances);

    private protected abstract double[] MeanOf(TComponent component);

    private protected abstract double[,] CovarianceOf(TComponent component);

    /// <summary>
    /// Σₖ Σ r(x−μₖ′)(x−μₖ′)ᵀ-like scatters about the candidate's means, one per component or, where they share a covariance, one that is the
    /// sum and zeros; off-diagonal parts may be left out where no candidate has any.
    /// </summary>
    private protected abstract double[][,] Scatters(ReadOnlySpan<double> statistic, Mixture<TComponent> candidate, Mixture<TComponent> current);

    /// <summary>Coordinates of all covariances.</summary>
    private protected abstract double[] Shapes(double[][,] covariances);

    /// <summary>Covariances of three components.</summary>
    private protected abstract double[][,] FromShapes(double[] shapes);

    /// <summary>What the structure keeps of a textbook's unrestricted covariances.</summary>
    private protected virtual double[][,] Kept(NaiveGaussianMixture mixture) => FromShapes(Shapes(mixture.Covariances));

    /// <summary>How near <see cref="Kept"/> is known.</summary>
    private protected virtual double KeptTolerance => 1e-10;

    protected override IEmModel<Mixture<TComponent>, RowChunk> Model => Mixture;

    private MixtureModel<TComponent> Mixture => field ??= new MixtureModel<TComponent>(Family, Count, Dimension);

    protected override int Columns => Dimension;

    protected override RecoveryCase<Mixture<TComponent>, RowChunk> Recovery
    {
        get
        {
            Mixture<TComponent> truth = new(_shares, Create(_means, [Unit(1), Unit(1), Unit(1)]));
            Mixture<TComponent> start = new([1, 1, 1], Create([.. _means.Select(mean => (double[])[mean[0] / 2 + 1, mean[1] / 2])], [Unit(5), Unit(5), Unit(5)]));
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
        Create(
            [.. _means.Select(mean => (double[])[.. mean.Select(value => 0.7 * value + 0.5 * Simulate.Normal(random))])],
            FromShapes(Shapes([.. _means.Select(_ => Simulate.Covariance(random, Dimension))]))));

    protected override double[] Flatten(Mixture<TComponent> parameters) =>
        [.. parameters.Weights, .. parameters.Components.SelectMany(component => (double[])[.. MeanOf(component), .. Flat(CovarianceOf(component))])];

    protected override double[] Coordinates(Mixture<TComponent> parameters) =>
    [
        .. parameters.Weights.Skip(1).Select(weight => Math.Log(weight / parameters.Weights[0])),
        .. parameters.Components.SelectMany(MeanOf),
        .. Shapes([.. parameters.Components.Select(CovarianceOf)]),
    ];

    protected override Mixture<TComponent> FromCoordinates(double[] point)
    {
        double[] weights = [1, .. point[..(Count - 1)].Select(Math.Exp)];
        double[][] means = [.. Enumerable.Range(0, Count).Select(component => point[(Count - 1 + component * Dimension)..(Count - 1 + (component + 1) * Dimension)])];
        return new(weights, Create(means, FromShapes(point[(Count - 1 + Count * Dimension)..])));
    }

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, Mixture<TComponent> candidate, Mixture<TComponent> current)
    {
        double[][,] scatters = Scatters(statistic, candidate, current);
        double sum = 0;
        for (int component = 0; component < Count; component++)
        {
            double[,] covariance = CovarianceOf(candidate.Components[component]);
            double determinant = covariance[0, 0] * covariance[1, 1] - covariance[0, 1] * covariance[1, 0];
            double[,] scatter = scatters[component];
            double trace = (covariance[1, 1] * scatter[0, 0] + covariance[0, 0] * scatter[1, 1] - covariance[0, 1] * (scatter[0, 1] + scatter[1, 0])) / determinant;
            sum += statistic[component] * (Math.Log(candidate.Weights[component]) - 0.5 * Math.Log(determinant)) - 0.5 * trace;
        }
        return sum;
    }

    protected override ICoordinates<Mixture<TComponent>> OwnCoordinates => Mixture;

    protected override ICoordinateScore<Mixture<TComponent>> OwnScore => Mixture;

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
                Close.Equal(Flat(Kept(next)[component]), Flat(CovarianceOf(mixture.Components[component])), KeptTolerance, what: "covariance");
            }
        }
    }

    /// <summary>M₂ − m·δᵀ − δ·mᵀ + n·δδᵀ: moments about one mean, taken about another.</summary>
    private protected static double[,] Recentred(double n, double[] first, double[,] second, double[] move)
    {
        double[,] scatter = new double[Dimension, Dimension];
        for (int row = 0; row < Dimension; row++)
        {
            for (int column = 0; column < Dimension; column++)
            {
                scatter[row, column] = second[row, column] - first[row] * move[column] - move[row] * first[column] + n * move[row] * move[column];
            }
        }
        return scatter;
    }

    private protected double[] Move(Mixture<TComponent> candidate, Mixture<TComponent> current, int component) =>
        [.. MeanOf(candidate.Components[component]).Zip(MeanOf(current.Components[component]), (to, from) => to - from)];

    private protected static double[,] Unit(double scale) => new double[,] { { scale, 0 }, { 0, scale } };

    private protected ReadOnlySpan<double> Own(ReadOnlySpan<double> statistic, int component) => statistic.Slice(Count + component * Family.StatisticLength, Family.StatisticLength);

    /// <summary>Log-Cholesky coordinates of one covariance.</summary>
    private protected static double[] LogCholesky(double[,] covariance)
    {
        double[,] factor = NaiveGaussianMixture.Cholesky(covariance);
        return [Math.Log(factor[0, 0]), factor[1, 0], Math.Log(factor[1, 1])];
    }

    private protected static double[,] FromLogCholesky(ReadOnlySpan<double> shape)
    {
        double[,] factor = { { Math.Exp(shape[0]), 0 }, { shape[1], Math.Exp(shape[2]) } };
        return Product(factor, Transposed(factor));
    }

    private AffineImage<Mixture<TComponent>, RowChunk> Image(string name, double scale, double offset, double tolerance) => new(
        name,
        chunk => Edit(chunk, (_, _, value) => scale * value + offset),
        mixture => Map(mixture, value => scale * value + offset, scale * scale),
        mixture => Map(mixture, value => (value - offset) / scale, 1 / (scale * scale)),
        chunk => Observed(chunk) * Math.Log(scale),
        tolerance);

    private static int Observed(RowChunk chunk)
    {
        int missing = 0;
        foreach (double value in chunk.Values)
        {
            missing += double.IsNaN(value) ? 1 : 0;
        }
        return chunk.Values.Length - missing;
    }

    private Mixture<TComponent> Map(Mixture<TComponent> mixture, Func<double, double> mean, double factor) => new(
        mixture.Weights.AsSpan(),
        Create(
            [.. mixture.Components.Select(component => (double[])[.. MeanOf(component).Select(mean)])],
            [.. mixture.Components.Select(component => Square([.. Flat(CovarianceOf(component)).Select(value => factor * value)]))]));
}

/// <summary>A mixture with full covariances obeys every law of a model.</summary>
public sealed class FullGaussianMixtureLaws : GaussianMixtureLaws<Gaussian>
{
    private protected override IFamily<Gaussian, RowTile> Family { get; } = new FullGaussianFamily(Dimension);

    private protected override Gaussian[] Create(double[][] means, double[][,] covariances) => [.. means.Zip(covariances, (mean, covariance) => new Gaussian(mean, Flat(covariance)))];

    private protected override double[] MeanOf(Gaussian component) => component.Mean.ToArray();

    private protected override double[,] CovarianceOf(Gaussian component) => Square(component.Covariance.Matrix);

    private protected override double[][,] Scatters(ReadOnlySpan<double> statistic, Mixture<Gaussian> candidate, Mixture<Gaussian> current)
    {
        double[][,] scatters = new double[current.Count][,];
        for (int component = 0; component < scatters.Length; component++)
        {
            ReadOnlySpan<double> own = Own(statistic, component);
            double[,] lower = Square(current.Components[component].Covariance.Lower);
            double[,] sums = Product(lower, new double[,] { { own[1] }, { own[2] } });
            double[,] second = Product(Product(lower, new double[,] { { own[3], own[4] }, { own[4], own[5] } }), Transposed(lower));
            scatters[component] = Recentred(statistic[component], [sums[0, 0], sums[1, 0]], second, Move(candidate, current, component));
        }
        return scatters;
    }

    private protected override double[] Shapes(double[][,] covariances) => [.. covariances.SelectMany(LogCholesky)];

    private protected override double[][,] FromShapes(double[] shapes) => [FromLogCholesky(shapes.AsSpan(0, 3)), FromLogCholesky(shapes.AsSpan(3, 3)), FromLogCholesky(shapes.AsSpan(6, 3))];
}

/// <summary>A mixture with one covariance for all components obeys every law of a model.</summary>
public sealed class TiedGaussianMixtureLaws : GaussianMixtureLaws<TiedGaussian>
{
    private protected override IFamily<TiedGaussian, RowTile> Family { get; } = new TiedGaussianFamily(Dimension);

    private protected override TiedGaussian[] Create(double[][] means, double[][,] covariances) => TiedGaussian.Create(means, Covariance.FromMatrix(Flat(covariances[0]), Dimension));

    private protected override double[] MeanOf(TiedGaussian component) => component.Mean.ToArray();

    private protected override double[,] CovarianceOf(TiedGaussian component) => Square(component.Covariance.Matrix);

    // The scatter of the tile about the frame's origin, z = W(x − o), moved to the candidate's means component by component.
    private protected override double[][,] Scatters(ReadOnlySpan<double> statistic, Mixture<TiedGaussian> candidate, Mixture<TiedGaussian> current)
    {
        TiedFrame frame = current.Components[0].Frame;
        ReadOnlySpan<double> tile = statistic[^6..];
        double[,] whitened = { { tile[3], tile[4] }, { tile[4], tile[5] } };
        for (int component = 0; component < current.Count; component++)
        {
            ReadOnlySpan<double> own = Own(statistic, component);
            double n = own[0];
            double[] from = frame.Whiten(current.Components[component].Mean);
            double[] to = frame.Whiten(candidate.Components[component].Mean);
            double[,] moved = Recentred(n, [own[1] + n * from[0], own[2] + n * from[1]], new double[2, 2], to);
            for (int row = 0; row < Dimension; row++)
            {
                for (int column = 0; column < Dimension; column++)
                {
                    whitened[row, column] += moved[row, column];
                }
            }
        }
        double[,] lower = Square(frame.Covariance.Lower);
        return [Product(Product(lower, whitened), Transposed(lower)), new double[2, 2], new double[2, 2]];
    }

    private protected override double[] Shapes(double[][,] covariances) => LogCholesky(covariances[0]);

    private protected override double[][,] FromShapes(double[] shapes) => [.. Enumerable.Repeat(FromLogCholesky(shapes), 3)];

    private protected override double[][,] Kept(NaiveGaussianMixture mixture)
    {
        double[,] pooled = new double[Dimension, Dimension];
        for (int component = 0; component < mixture.Weights.Length; component++)
        {
            for (int row = 0; row < Dimension; row++)
            {
                for (int column = 0; column < Dimension; column++)
                {
                    pooled[row, column] += mixture.Weights[component] * mixture.Covariances[component][row, column];
                }
            }
        }
        return [pooled, pooled, pooled];
    }
}

/// <summary>A mixture with diagonal covariances obeys every law of a model.</summary>
public sealed class DiagonalGaussianMixtureLaws : GaussianMixtureLaws<DiagonalGaussian>
{
    private protected override IFamily<DiagonalGaussian, RowTile> Family { get; } = new DiagonalGaussianFamily(Dimension);

    private protected override DiagonalGaussian[] Create(double[][] means, double[][,] covariances) =>
        [.. means.Zip(covariances, (mean, covariance) => new DiagonalGaussian(mean, [covariance[0, 0], covariance[1, 1]]))];

    private protected override double[] MeanOf(DiagonalGaussian component) => component.Mean.ToArray();

    private protected override double[,] CovarianceOf(DiagonalGaussian component) => new double[,] { { component.Variances[0], 0 }, { 0, component.Variances[1] } };

    private protected override double[][,] Scatters(ReadOnlySpan<double> statistic, Mixture<DiagonalGaussian> candidate, Mixture<DiagonalGaussian> current)
    {
        double[][,] scatters = new double[current.Count][,];
        for (int component = 0; component < scatters.Length; component++)
        {
            ReadOnlySpan<double> own = Own(statistic, component);
            scatters[component] = Recentred(own[0], own[1..3].ToArray(), new double[,] { { own[3], 0 }, { 0, own[4] } }, Move(candidate, current, component));
        }
        return scatters;
    }

    private protected override double[] Shapes(double[][,] covariances) => [.. covariances.SelectMany(covariance => (double[])[Math.Log(covariance[0, 0]), Math.Log(covariance[1, 1])])];

    private protected override double[][,] FromShapes(double[] shapes) =>
        [.. Enumerable.Range(0, 3).Select(component => new double[,] { { Math.Exp(shapes[2 * component]), 0 }, { 0, Math.Exp(shapes[2 * component + 1]) } })];
}

/// <summary>A mixture with spherical covariances obeys every law of a model.</summary>
public sealed class SphericalGaussianMixtureLaws : GaussianMixtureLaws<SphericalGaussian>
{
    private protected override IFamily<SphericalGaussian, RowTile> Family { get; } = new SphericalGaussianFamily(Dimension);

    private protected override SphericalGaussian[] Create(double[][] means, double[][,] covariances) =>
        [.. means.Zip(covariances, (mean, covariance) => new SphericalGaussian(mean, (covariance[0, 0] + covariance[1, 1]) / 2))];

    private protected override double[] MeanOf(SphericalGaussian component) => component.Mean.ToArray();

    private protected override double[,] CovarianceOf(SphericalGaussian component) => Unit(component.Variance);

    // Only the trace is known, and only the trace matters to a spherical candidate.
    private protected override double[][,] Scatters(ReadOnlySpan<double> statistic, Mixture<SphericalGaussian> candidate, Mixture<SphericalGaussian> current)
    {
        double[][,] scatters = new double[current.Count][,];
        for (int component = 0; component < scatters.Length; component++)
        {
            ReadOnlySpan<double> own = Own(statistic, component);
            scatters[component] = Recentred(own[0], own[1..3].ToArray(), Unit(own[3] / 2), Move(candidate, current, component));
        }
        return scatters;
    }

    private protected override double[] Shapes(double[][,] covariances) => [.. covariances.Select(covariance => Math.Log((covariance[0, 0] + covariance[1, 1]) / 2))];

    private protected override double[][,] FromShapes(double[] shapes) => [.. shapes.Select(shape => Unit(Math.Exp(shape)))];
}
