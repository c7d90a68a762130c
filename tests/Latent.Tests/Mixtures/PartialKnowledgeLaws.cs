using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

/// <summary>A mixture of two Gaussians and noise, of some rows of which the component is known or narrowed down: every law of a model.</summary>
public abstract class PartialKnowledgeLaws(bool equal) : RowModelLaws<Mixture<Gaussian>>
{
    private const int Dimension = 2;

    private static readonly double[][] _means = [[-3, 0], [3, 1]];

    protected override IEmModel<Mixture<Gaussian>, RowChunk> Model => Mixture;

    private MixtureModel<Gaussian> Mixture => field ??= new MixtureModel<Gaussian>(new FullGaussianFamily(Dimension), 2, Dimension)
    {
        EqualWeights = equal,
        Noise = new UniformNoise(Math.Log(400), [-10, -10], [10, 10]),
    };

    protected override int Columns => Dimension;

    protected override void DrawRow(Random random, Span<double> row)
    {
        int component = Simulate.Index(random, [0.4, 0.5, 0.1]);
        for (int column = 0; column < Dimension; column++)
        {
            row[column] = component == 2 ? 20 * random.NextDouble() - 10 : _means[component][column] + Simulate.Normal(random);
        }
    }

    protected override RowChunk Draw(Random random, int observations) => Know(base.Draw(random, observations));

    protected override RowChunk Join(RowChunk first, RowChunk second) => Know(base.Join(first, second));

    protected override RowChunk Weigh(RowChunk chunk, double[] weights) => Know(base.Weigh(chunk, weights));

    protected override RowChunk Select(RowChunk chunk, int[] observations) => Know(base.Select(chunk, observations));

    // What is known of a row is read off its digits, so that it stays with the row wherever that goes.
    private static RowChunk Know(RowChunk chunk)
    {
        double[] weights = new double[2 * chunk.Rows];
        for (int row = 0; row < chunk.Rows; row++)
        {
            long digits = double.IsFinite(chunk[row, 1]) ? (long)Math.Abs(Math.Round((float)chunk[row, 1] * 1e4)) % 10 : 9;
            (weights[2 * row], weights[2 * row + 1]) = digits switch
            {
                0 => chunk[row, 0] < 0 ? (1, 0) : (0, 1),
                1 => (1, 1),
                2 => (0.3, 0.9),
                _ => (double.NaN, double.NaN),
            };
        }
        return chunk.Rows == 0 ? chunk : chunk.WithKnown(KnownComponents.FromWeights(weights, 2));
    }

    protected override Mixture<Gaussian> Parameters(Random random)
    {
        double[] shares = [.. Simulate.Probabilities(random, 3).Select(share => 0.2 + share)];
        return new Mixture<Gaussian>(
            equal ? [shares[0], shares[0]] : [shares[0], shares[1]],
            [.. _means.Select(mean => new Gaussian([.. mean.Select(value => 0.7 * value + 0.5 * Simulate.Normal(random))], Flat(Simulate.Covariance(random, Dimension))))],
            shares[2]);
    }

    protected override double[] Flatten(Mixture<Gaussian> parameters) =>
        [.. parameters.Weights, parameters.NoiseWeight, .. parameters.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Covariance.Matrix])];

    protected override double[] Coordinates(Mixture<Gaussian> parameters)
    {
        double[] point = new double[Mixture.CoordinateCount(parameters)];
        Mixture.WriteCoordinates(parameters, point);
        return point;
    }

    protected override Mixture<Gaussian> FromCoordinates(double[] point) =>
        Mixture.TryReadCoordinates(point, Parameters(new Random(1)), out Mixture<Gaussian>? mixture) ? mixture : throw new ArithmeticException("no such point");

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, Mixture<Gaussian> candidate, Mixture<Gaussian> current)
    {
        double sum = statistic[^1] * Math.Log(candidate.NoiseWeight);
        int length = Mixture.Family.StatisticLength;
        for (int k = 0; k < 2; k++)
        {
            double[,] scatter = Scatter(statistic.Slice(2 + k * length, length), candidate.Components[k].Mean, current.Components[k]);
            ReadOnlySpan<double> covariance = candidate.Components[k].Covariance.Matrix;
            double determinant = covariance[0] * covariance[3] - covariance[1] * covariance[2];
            double trace = (covariance[3] * scatter[0, 0] + covariance[0] * scatter[1, 1] - covariance[1] * (scatter[0, 1] + scatter[1, 0])) / determinant;
            sum += statistic[k] * (Math.Log(candidate.Weights[k]) - 0.5 * Math.Log(determinant)) - 0.5 * trace;
        }
        return sum;
    }

    // Σ r(x − m)(x − m)ᵀ from N, Σ r·z and the lower triangle of Σ r·zzᵀ, z = L⁻¹(x − μ): x − m = L·z + δ.
    private static double[,] Scatter(ReadOnlySpan<double> own, ReadOnlySpan<double> about, Gaussian current)
    {
        ReadOnlySpan<double> l = current.Covariance.Lower;
        double[] first = [l[0] * own[1], l[2] * own[1] + l[3] * own[2]];
        double[] delta = [current.Mean[0] - about[0], current.Mean[1] - about[1]];
        double a = l[0] * l[0] * own[3];
        double b = l[0] * (l[2] * own[3] + l[3] * own[4]);
        double c = l[2] * l[2] * own[3] + 2 * l[2] * l[3] * own[4] + l[3] * l[3] * own[5];
        double off = b + first[0] * delta[1] + first[1] * delta[0] + own[0] * delta[0] * delta[1];
        return new double[,] { { a + 2 * first[0] * delta[0] + own[0] * delta[0] * delta[0], off }, { off, c + 2 * first[1] * delta[1] + own[0] * delta[1] * delta[1] } };
    }

    protected override ICoordinates<Mixture<Gaussian>> OwnCoordinates => Mixture;

    protected override ICoordinateScore<Mixture<Gaussian>> OwnScore => Mixture;

    private static double[] Flat(double[,] matrix) => [matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]];
}

public class FreeWeightPartialKnowledgeLaws() : PartialKnowledgeLaws(equal: false);

public class EqualWeightPartialKnowledgeLaws() : PartialKnowledgeLaws(equal: true);
