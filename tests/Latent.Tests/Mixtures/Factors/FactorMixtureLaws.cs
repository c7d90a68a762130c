using Latent.Data;
using Latent.Factors;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Mixtures.Factors;

/// <summary>Components with factors obey the laws of families.</summary>
public sealed class FactorGaussianFamilyLaws : FamilyLaws<FactorGaussian>
{
    protected override IFamily<FactorGaussian, RowTile> Family { get; } = new FactorGaussianFamily(7, 2);

    protected override int Columns => 7;

    protected override FactorGaussian Component(Random random) => Made(random, 7, 2, 0, _ => 0.3 + random.NextDouble());

    protected override void DrawRow(Random random, FactorGaussian component, Span<double> row) => component.Sample(new RandomGenerator((ulong)random.NextInt64()), row);

    protected override double[] Flatten(FactorGaussian component) => [.. component.Mean, .. component.Parameters.Loadings, .. component.Parameters.Uniquenesses];

    protected override double ReferenceLogDensity(FactorGaussian component, double[] row) =>
        NaiveGaussianMixture.LogDensity(row, component.Mean.ToArray(), Tests.Families.FullGaussianFamilyLaws.Square(component.Parameters.ToGaussian().Covariance.Matrix));

    protected override FactorGaussian Translate(FactorGaussian component, double offset) =>
        new(new FactorParameters([.. component.Mean.ToArray().Select(value => value + offset)], component.Parameters.Loadings, component.Parameters.Uniquenesses));

    internal static FactorGaussian Made(Random random, int d, int q, double centre, Func<int, double> uniqueness) => new(new FactorParameters(
        [.. Enumerable.Range(0, d).Select(_ => centre + 0.5 * Simulate.Normal(random))],
        [.. Enumerable.Range(0, d * q).Select(_ => Simulate.Normal(random))],
        [.. Enumerable.Range(0, d).Select(uniqueness)]));
}

/// <summary>Mixtures of factor analysers obey the laws of models.</summary>
public abstract class FactorMixtureLaws(UniquenessSharing sharing, double missing = 0) : RowModelLaws<Mixture<FactorGaussian>>
{
    private const int D = 6;
    private const int Q = 2;

    private readonly MixtureModel<FactorGaussian> _model = new(new FactorGaussianFamily(D, Q, sharing), 2, D);

    protected override IEmModel<Mixture<FactorGaussian>, RowChunk> Model => _model;

    protected override int Columns => D;

    protected override ICoordinates<Mixture<FactorGaussian>> OwnCoordinates => _model;

    protected override void DrawRow(Random random, Span<double> row)
    {
        Mixture<FactorGaussian> drawn = Parameters(new Random(8));
        drawn.Components[random.NextDouble() < 0.4 ? 0 : 1].Sample(new RandomGenerator((ulong)random.NextInt64()), row);
        for (int column = 0; column < row.Length && missing > 0; column++)
        {
            row[column] = random.NextDouble() < missing ? double.NaN : row[column];
        }
    }

    protected override Mixture<FactorGaussian> Parameters(Random random)
    {
        double[] common = [.. Enumerable.Range(0, D).Select(_ => 0.5 + random.NextDouble())];
        return new([0.3 + random.NextDouble(), 0.3 + random.NextDouble()], [.. new[] { -1.5, 1.5 }.Select(centre =>
        {
            double noise = 0.5 + random.NextDouble();
            return FactorGaussianFamilyLaws.Made(random, D, Q, centre, j => sharing switch { UniquenessSharing.Own => 0.5 + random.NextDouble(), UniquenessSharing.Common => common[j], _ => noise });
        })]);
    }

    protected override double[] Flatten(Mixture<FactorGaussian> parameters) =>
        [.. parameters.Weights, .. parameters.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Parameters.Loadings, .. component.Parameters.Uniquenesses])];

    protected override double[] Coordinates(Mixture<FactorGaussian> parameters)
    {
        double[] point = new double[_model.CoordinateCount(parameters)];
        _model.WriteCoordinates(parameters, point);
        return point;
    }

    protected override Mixture<FactorGaussian> FromCoordinates(double[] point)
    {
        Assert.True(_model.TryReadCoordinates(point, Parameters(new Random(1)), out Mixture<FactorGaussian>? read));
        return read;
    }

    protected override int Components(Mixture<FactorGaussian> parameters) => 2;

    protected override Mixture<FactorGaussian> Relabel(Mixture<FactorGaussian> parameters, int[] permutation) =>
        new([.. permutation.Select(component => parameters.Weights[component])], [.. permutation.Select(component => parameters.Components[component])]);

    /// <summary>Fisher's identity: the gradient of the log-likelihood is that of the expected complete-data log-likelihood. (The expanded M-step is no maximum of the latter.)</summary>
    [Fact]
    public void GradientsAgree()
    {
        Random random = new(41);
        Mixture<FactorGaussian> parameters = Parameters(random);
        RowChunk chunk = Draw(random, Observations);
        double[] statistic = new double[_model.StatisticLength];
        _model.Expect(parameters, chunk, statistic);
        double[] at = Coordinates(parameters);
        double[] expected = NumericalGradient.Of(point => _model.Expect(FromCoordinates(point), chunk, new double[statistic.Length]), at);
        double[] found = NumericalGradient.Of(point => Expected(statistic, FromCoordinates(point), parameters), at);
        Assert.Contains(expected, slope => Math.Abs(slope) > 1);
        Close.Equal(expected, found, 1e-5, Enumerable.Repeat(1 + expected.Max(Math.Abs), expected.Length).ToArray(), "gradient");
    }

    /// <summary>Moments of factors by their definition, f = L⁻ᵀg with g ~ N(u, I): the textbook's expected complete-data log-likelihood.</summary>
    private double Expected(ReadOnlySpan<double> statistic, Mixture<FactorGaussian> candidate, Mixture<FactorGaussian> current)
    {
        int length = _model.Family.StatisticLength;
        double sum = 0;
        for (int k = 0; k < 2; k++)
        {
            double[] own = statistic.Slice(2 + k * length, length).ToArray();
            double[] inverse = Cholesky.InvertLower(current.Components[k].Lower, Q);
            double Turned(int factor, Func<int, double> whitened) => Enumerable.Range(0, Q).Sum(i => inverse[i * Q + factor] * whitened(i));
            double Outer(int i, int j) => own[1 + 2 * D + Q + Math.Max(i, j) * (Math.Max(i, j) + 1) / 2 + Math.Min(i, j)] + (i == j ? own[0] : 0);
            FactorParameters to = candidate.Components[k].Parameters;
            sum += own[0] * Math.Log(candidate.Weights[k]);
            for (int j = 0; j < D; j++)
            {
                int column = j;
                double shift = current.Components[k].Mean[j] - to.Mean[j];
                double square = own[1 + D + j] + shift * (2 * own[1 + j] + own[0] * shift);
                for (int f = 0; f < Q; f++)
                {
                    int factor = f;
                    double cross = Turned(factor, i => own[1 + 2 * D + Q + Q * (Q + 1) / 2 + column * Q + i]) + shift * Turned(factor, i => own[1 + 2 * D + i]);
                    square -= 2 * to.Row(j)[f] * cross;
                    for (int g = 0; g < Q; g++)
                    {
                        int second = g;
                        square += to.Row(j)[f] * to.Row(j)[g] * Turned(factor, i => Turned(second, other => Outer(i, other)));
                    }
                }
                sum -= 0.5 * (own[0] * Math.Log(to.Uniquenesses[j]) + square / to.Uniquenesses[j]);
            }
        }
        return sum;
    }
}

/// <summary>Uniquenesses of each component's own.</summary>
public sealed class OwnFactorMixtureLaws() : FactorMixtureLaws(UniquenessSharing.Own);

/// <summary>Uniquenesses that all components share.</summary>
public sealed class CommonFactorMixtureLaws() : FactorMixtureLaws(UniquenessSharing.Common);

/// <summary>Mixtures of probabilistic principal components.</summary>
public sealed class IsotropicFactorMixtureLaws() : FactorMixtureLaws(UniquenessSharing.Isotropic);

/// <summary>Uniquenesses of each component's own, over rows in which a few of the cells are missing.</summary>
public sealed class IncompleteOwnFactorMixtureLaws() : FactorMixtureLaws(UniquenessSharing.Own, 0.06);

/// <summary>Uniquenesses that all components share, over rows in which an eighth of the cells are missing.</summary>
public sealed class IncompleteCommonFactorMixtureLaws() : FactorMixtureLaws(UniquenessSharing.Common, 0.12);

/// <summary>Mixtures of probabilistic principal components, over rows in which an eighth of the cells are missing.</summary>
public sealed class IncompleteIsotropicFactorMixtureLaws() : FactorMixtureLaws(UniquenessSharing.Isotropic, 0.12);
