using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using static Latent.Tests.Families.FullGaussianFamilyLaws;

namespace Latent.Tests.Mixtures;

/// <summary>Mixtures whose covariances share volume, shape or orientation obey every law of a model.</summary>
/// <typeparam name="TComponent">The component.</typeparam>
public abstract class StructuredGaussianMixtureLaws<TComponent>(string name) : GaussianMixtureLaws<TComponent>
{
    private protected CovarianceDecomposition Structure { get; } = CovarianceDecomposition.Named(name);

    // Angles not near ±π/2, where they begin anew.
    protected override int Seed => 1980;

    private protected override double KeptTolerance => 2e-6;

    // In the plane: log-volumes, half log-ratios of the eigenvalues, angles.
    private protected override double[] Shapes(double[][,] covariances)
    {
        double[] angles = [.. covariances.Select(Angle)];
        double[] axes = Structure.Orientation == CovarianceSharing.Variable ? angles : [.. covariances.Select(_ => Structure.IsDiagonal ? 0 : angles[0])];
        return
        [
            .. Part(Structure.Volume, [.. covariances.Select(covariance => 0.5 * Math.Log(covariance[0, 0] * covariance[1, 1] - covariance[0, 1] * covariance[1, 0]))]),
            .. Part(Structure.Shape, [.. covariances.Select((covariance, k) => Ratio(covariance, axes[k]))]),
            .. Part(Structure.Orientation, angles),
        ];
    }

    private protected override double[][,] FromShapes(double[] shapes)
    {
        int place = 0;
        double[] volumes = Whole(Structure.Volume, shapes, ref place);
        double[] ratios = Whole(Structure.Shape, shapes, ref place);
        double[] angles = Whole(Structure.Orientation, shapes, ref place);
        return [.. volumes.Select((volume, k) => Turned(Math.Exp(volume + ratios[k]), Math.Exp(volume - ratios[k]), angles[k]))];
    }

    // The maximum of the expected log-likelihood, searched for without derivatives.
    private protected override double[][,] Kept(NaiveGaussianMixture mixture)
    {
        double Minus(double[] shapes)
        {
            double[][,] covariances = FromShapes(shapes);
            double sum = 0;
            for (int k = 0; k < covariances.Length; k++)
            {
                double[,] s = mixture.Covariances[k];
                double[,] c = covariances[k];
                double determinant = c[0, 0] * c[1, 1] - c[0, 1] * c[1, 0];
                sum += mixture.Weights[k] * (Math.Log(determinant) + (c[1, 1] * s[0, 0] + c[0, 0] * s[1, 1] - 2 * c[0, 1] * s[0, 1]) / determinant);
            }
            return -sum;
        }
        double[][] starts = [.. Enumerable.Range(0, 3).Select(first => Shapes([.. Enumerable.Range(0, 3).Select(k => mixture.Covariances[(k + first) % 3])]))];
        return FromShapes(starts.Select(start => DirectMaximizer.Maximize(Minus, start)).MaxBy(Minus)!);
    }

    private static double Angle(double[,] covariance) => 0.5 * Math.Atan2(2 * covariance[0, 1], covariance[0, 0] - covariance[1, 1]);

    private static double Ratio(double[,] covariance, double angle)
    {
        (double s, double c) = Math.SinCos(angle);
        double along = c * c * covariance[0, 0] + 2 * s * c * covariance[0, 1] + s * s * covariance[1, 1];
        double across = s * s * covariance[0, 0] - 2 * s * c * covariance[0, 1] + c * c * covariance[1, 1];
        return 0.5 * Math.Log(along / across);
    }

    private static double[,] Turned(double along, double across, double angle)
    {
        (double s, double c) = Math.SinCos(angle);
        double off = s * c * (along - across);
        return new double[,] { { c * c * along + s * s * across, off }, { off, s * s * along + c * c * across } };
    }

    private static double[] Part(CovarianceSharing sharing, double[] values) => sharing switch
    {
        CovarianceSharing.Identity => [],
        CovarianceSharing.Equal => values[..1],
        _ => values,
    };

    private static double[] Whole(CovarianceSharing sharing, double[] shapes, ref int place)
    {
        int from = place;
        place += sharing switch { CovarianceSharing.Identity => 0, CovarianceSharing.Equal => 1, _ => 3 };
        return sharing switch
        {
            CovarianceSharing.Identity => [0, 0, 0],
            CovarianceSharing.Equal => [shapes[from], shapes[from], shapes[from]],
            _ => shapes[from..(from + 3)],
        };
    }
}

/// <summary>Structures with correlations.</summary>
public abstract class TurnedGaussianMixtureLaws(string name) : StructuredGaussianMixtureLaws<Gaussian>(name)
{
    private protected override IFamily<Gaussian, RowTile> Family => field ??= new StructuredGaussianFamily(Structure, Dimension);

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
}

/// <summary>Structures without correlations.</summary>
public abstract class AlignedGaussianMixtureLaws(string name) : StructuredGaussianMixtureLaws<DiagonalGaussian>(name)
{
    private protected override IFamily<DiagonalGaussian, RowTile> Family => field ??= new AlignedGaussianFamily(Structure, Dimension);

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
}

/// <summary>One variance in all.</summary>
public sealed class EiiMixtureLaws() : AlignedGaussianMixtureLaws("EII");

/// <summary>One variance per column.</summary>
public sealed class EeiMixtureLaws() : AlignedGaussianMixtureLaws("EEI");

/// <summary>Diagonal, of one shape.</summary>
public sealed class VeiMixtureLaws() : AlignedGaussianMixtureLaws("VEI");

/// <summary>Diagonal, of one volume.</summary>
public sealed class EviMixtureLaws() : AlignedGaussianMixtureLaws("EVI");

/// <summary>Multiples of one matrix.</summary>
public sealed class VeeMixtureLaws() : TurnedGaussianMixtureLaws("VEE");

/// <summary>Along common axes, of one volume.</summary>
public sealed class EveMixtureLaws() : TurnedGaussianMixtureLaws("EVE");

/// <summary>Along common axes.</summary>
public sealed class VveMixtureLaws() : TurnedGaussianMixtureLaws("VVE");

/// <summary>Of one shape and volume, turned.</summary>
public sealed class EevMixtureLaws() : TurnedGaussianMixtureLaws("EEV");

/// <summary>Of one shape.</summary>
public sealed class VevMixtureLaws() : TurnedGaussianMixtureLaws("VEV");

/// <summary>Of one volume.</summary>
public sealed class EvvMixtureLaws() : TurnedGaussianMixtureLaws("EVV");

/// <summary>Structures with correlations, over rows in which a quarter of the cells are missing.</summary>
public abstract class IncompleteTurnedLaws(string name) : TurnedGaussianMixtureLaws(name)
{
    private protected override IFamily<Gaussian, RowTile> Family => field ??= new IncompleteGaussianFamily(Structure, Dimension, [1, -1]);

    protected override void DrawRow(Random random, Span<double> row)
    {
        base.DrawRow(random, row);
        IncompleteAlignedLaws.Remove(random, row);
    }
}

/// <summary>Structures without correlations, over rows in which a quarter of the cells are missing.</summary>
public abstract class IncompleteAlignedLaws(string name) : AlignedGaussianMixtureLaws(name)
{
    private protected override IFamily<DiagonalGaussian, RowTile> Family => field ??= new IncompleteAlignedFamily(Structure, Dimension);

    protected override void DrawRow(Random random, Span<double> row)
    {
        base.DrawRow(random, row);
        Remove(random, row);
    }

    internal static void Remove(Random random, Span<double> row)
    {
        for (int column = 0; column < row.Length; column++)
        {
            row[column] = random.NextDouble() < 0.25 ? double.NaN : row[column];
        }
    }
}

/// <summary>Free covariances, incomplete rows.</summary>
public sealed class IncompleteVvvMixtureLaws() : IncompleteTurnedLaws("VVV");

/// <summary>One covariance, incomplete rows.</summary>
public sealed class IncompleteEeeMixtureLaws() : IncompleteTurnedLaws("EEE");

/// <summary>Common axes, incomplete rows.</summary>
public sealed class IncompleteVveMixtureLaws() : IncompleteTurnedLaws("VVE");

/// <summary>Of one shape, incomplete rows.</summary>
public sealed class IncompleteVevMixtureLaws() : IncompleteTurnedLaws("VEV");

/// <summary>Diagonal, incomplete rows.</summary>
public sealed class IncompleteVviMixtureLaws() : IncompleteAlignedLaws("VVI");

/// <summary>Round, incomplete rows.</summary>
public sealed class IncompleteViiMixtureLaws() : IncompleteAlignedLaws("VII");
