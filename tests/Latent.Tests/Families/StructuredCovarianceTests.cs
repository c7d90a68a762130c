using Latent.Families;
using Latent.Numerics;
using Latent.Testing;
using static Latent.Tests.Families.FullGaussianFamilyLaws;

namespace Latent.Tests.Families;

/// <summary>The M-steps of structured covariances, in more than two dimensions and under bounds.</summary>
public class StructuredCovarianceTests
{
    private const int Dimension = 4;
    private static readonly double[] _counts = [30, 55, 15];

    public static TheoryData<string> Names => [.. CovarianceDecomposition.Names];

    /// <summary>As mclust counts: nVarParams(model, d = 4, G = 3) of mclust 6.0.0.</summary>
    [Theory]
    [InlineData("EII", 1)]
    [InlineData("VII", 3)]
    [InlineData("EEI", 4)]
    [InlineData("VEI", 6)]
    [InlineData("EVI", 10)]
    [InlineData("VVI", 12)]
    [InlineData("EEE", 10)]
    [InlineData("VEE", 12)]
    [InlineData("EVE", 16)]
    [InlineData("VVE", 18)]
    [InlineData("EEV", 22)]
    [InlineData("VEV", 24)]
    [InlineData("EVV", 28)]
    [InlineData("VVV", 30)]
    public void ParametersAreCounted(string name, int expected) =>
        Assert.Equal(expected, CovarianceDecomposition.Named(name).FreeParameters(3, Dimension));

    /// <summary>Every estimate obeys its structure: volumes, shapes and axes that are shared are the same, others are not.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void EstimatesObeyTheStructure(string name)
    {
        CovarianceDecomposition structure = CovarianceDecomposition.Named(name);
        Covariance[] found = Estimate(structure, Scatters(new Random(3)), CovarianceFloor.None);
        double[] volumes = [.. found.Select(covariance => covariance.LogDeterminant / Dimension)];
        Assert.Equal(structure.Volume == CovarianceSharing.Equal, volumes.Max() - volumes.Min() < 1e-9);
        double[][] shapes = [.. found.Select((covariance, k) => Eigenvalues(covariance).Select(value => Math.Log(value) - volumes[k]).ToArray())];
        double spread = Enumerable.Range(0, Dimension).Max(j => shapes.Max(shape => shape[j]) - shapes.Min(shape => shape[j]));
        Assert.Equal(structure.Shape != CovarianceSharing.Variable, spread < 1e-9);
        Assert.Equal(structure.Shape == CovarianceSharing.Identity, shapes.Max(shape => shape.Max(Math.Abs)) < 1e-9);
        if (structure.Orientation != CovarianceSharing.Variable)
        {
            // Matrices with the same axes commute.
            double[,] first = Square(found[0].Matrix);
            double[,] second = Square(found[1].Matrix);
            Assert.True(Flat(Product(first, second)).Zip(Flat(Product(second, first)), (a, b) => Math.Abs(a - b)).Max() < 1e-9);
        }
        Assert.Equal(structure.IsDiagonal, found.All(covariance => Enumerable.Range(0, 16).All(cell => cell % 5 == 0 || covariance.Matrix[cell] == 0)));
    }

    /// <summary>No covariance of the structure near the estimate is better, and what is more general is not worse.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void EstimatesAreMinima(string name)
    {
        CovarianceDecomposition structure = CovarianceDecomposition.Named(name);
        Random random = new(5);
        double[][] scatters = Scatters(random);
        Covariance[] found = Estimate(structure, scatters, CovarianceFloor.None);
        double best = Objective(found, scatters);
        for (int trial = 0; trial < 60; trial++)
        {
            double scale = Math.Pow(10, -1 - trial % 3);
            double[][] nearby = [.. found.Select((covariance, k) => Nudged(random, covariance.Matrix, scale, _counts[k]))];
            Covariance[] neighbour = Estimate(structure, nearby, CovarianceFloor.None);
            Assert.True(Objective(neighbour, scatters) >= best - 1e-9 * Math.Abs(best), $"{name}: {Objective(neighbour, scatters):R} < {best:R}");
        }
        foreach (string wider in CovarianceDecomposition.Names.Where(other => Contains(CovarianceDecomposition.Named(other), structure)))
        {
            double reached = Objective(Estimate(CovarianceDecomposition.Named(wider), scatters, CovarianceFloor.None), scatters);
            Assert.True(reached <= best + 1e-7 * Math.Abs(best), $"{wider} {reached:R} is worse than {name} {best:R}");
        }
    }

    /// <summary>A component on one point has no density; under the floor it has, and no eigenvalue is below it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void TheFloorHolds(string name)
    {
        CovarianceDecomposition structure = CovarianceDecomposition.Named(name);
        double[] variances = [1, 4, 9, 0.25];
        CovarianceFloor floor = CovarianceFloor.RelativeTo(variances, 0.05);
        Random random = new(7);
        double[][] scatters = Scatters(random);
        scatters[2] = new double[Dimension * Dimension];
        Covariance[] found = Estimate(structure, scatters, floor);
        double least = structure is { Orientation: CovarianceSharing.Identity } or { Shape: CovarianceSharing.Equal, Orientation: CovarianceSharing.Equal } || name is "EVV" or "VVV"
            ? 0.05 : 0.05 * 0.25;
        foreach (Covariance covariance in found)
        {
            double[] scaled = covariance.Matrix.ToArray();
            for (int cell = 0; cell < scaled.Length && least == 0.05 && structure.Shape != CovarianceSharing.Identity; cell++)
            {
                scaled[cell] /= Math.Sqrt(variances[cell / Dimension] * variances[cell % Dimension]);
            }
            double bound = structure.Shape == CovarianceSharing.Identity ? 0.05 * variances.Average() : least;
            Assert.True(Eigenvalues(Covariance.FromMatrix(scaled, Dimension))[0] >= bound * (1 - 1e-9), $"{name}: {Eigenvalues(covariance)[0]}");
        }
        Assert.Equal(structure.Volume == CovarianceSharing.Variable, found.Any(covariance => covariance.FloorActive));
        if (structure.Volume == CovarianceSharing.Variable || structure.Shape == CovarianceSharing.Variable)
        {
            Assert.Throws<NumericalException>(() => Estimate(structure, scatters, CovarianceFloor.None));
        }
    }

    /// <summary>Volumes equal under bounds: water-filling against a search over a grid of volumes.</summary>
    [Fact]
    public void BoundedVolumesAreTheBest()
    {
        CovarianceDecomposition structure = CovarianceDecomposition.Named("EVI");
        double[] least = [0.3, 0.1];
        double[][] spread = [[40, 30], [0.2, 50]];
        double[] counts = [10, 20];
        double[][] values = EigenvalueFit.Solve(structure, counts, spread, least, out bool held);
        Assert.True(held);
        Assert.Equal(values[0][0] * values[0][1], values[1][0] * values[1][1], 1e-9);
        double Cost(double volume, double first, double second) =>
            counts.Sum() * Math.Log(volume) + spread[0][0] / first + spread[0][1] * first / volume + spread[1][0] / second + spread[1][1] * second / volume;
        double best = Cost(values[0][0] * values[0][1], values[0][0], values[1][0]);
        Random random = new(1);
        for (int trial = 0; trial < 20_000; trial++)
        {
            double volume = values[0][0] * values[0][1] * Math.Exp(Simulate.Normal(random) * 0.3);
            double first = values[0][0] * Math.Exp(0.3 * Simulate.Normal(random));
            double second = values[1][0] * Math.Exp(0.3 * Simulate.Normal(random));
            if (first >= least[0] && second >= least[0] && volume / first >= least[1] && volume / second >= least[1])
            {
                Assert.True(Cost(volume, first, second) >= best - 1e-9);
            }
        }
    }

    [Fact]
    public void NamesAreChecked()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => CovarianceDecomposition.Named("VIE"));
        Assert.Contains("'VIE'", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new AlignedGaussianFamily(CovarianceDecomposition.Named("VEV"), 2));
        Assert.All(CovarianceDecomposition.Names, name => Assert.Equal(name, CovarianceDecomposition.Named(name).Name));
    }

    /// <summary>A component that is flat in one direction lies on the bound there and is long in another: thirteen digits between them, and the volume is still that of the others.</summary>
    [Fact]
    public void EqualVolumesStayEqualOnTheBound()
    {
        double[][] scatters = Scatters(new Random(11));
        double[] direction = [0.5, -0.5, 0.5, 0.5];
        scatters[2] = [.. Enumerable.Range(0, Dimension * Dimension).Select(cell => 1e9 * direction[cell / Dimension] * direction[cell % Dimension])];
        CovarianceFloor floor = CovarianceFloor.RelativeTo([1, 1, 1, 1], 1e-4);
        Covariance[] found = Estimate(CovarianceDecomposition.Named("EVV"), scatters, floor);
        Assert.True(found[2].FloorActive);
        Assert.True(Eigenvalues(found[2])[^1] > 1e10);
        Assert.All(found, covariance => Assert.Equal(found[0].LogDeterminant, covariance.LogDeterminant, 1e-9));
    }

    /// <summary>Coordinates on the bound come back to the same volumes: raising what lies past it by rounding would change one of them. What lies further past it is no point.</summary>
    [Fact]
    public void EqualVolumesOnTheBoundSurviveCoordinates()
    {
        double[][] scatters = Scatters(new Random(11));
        double[] direction = [0.5, -0.5, 0.5, 0.5];
        scatters[2] = [.. Enumerable.Range(0, Dimension * Dimension).Select(cell => 1e3 * direction[cell / Dimension] * direction[cell % Dimension])];
        CovarianceDecomposition structure = CovarianceDecomposition.Named("EVV");
        CovarianceFloor floor = CovarianceFloor.RelativeTo([1, 1, 1, 1], 1e-8);
        StructuredGaussianFamily family = new(structure, Dimension, floor);
        Gaussian[] found = [.. Estimate(structure, scatters, floor).Select(covariance => new Gaussian(new double[Dimension], covariance))];
        Assert.True(found[2].Covariance.FloorActive);
        double[] point = new double[family.CoordinateCount(3)];
        family.WriteCoordinates(found, point);
        Gaussian[] read = [.. found];
        Assert.True(family.TryReadCoordinates(point, found, read));
        Assert.True(read[2].Covariance.FloorActive);
        Assert.All(read, component => Assert.Equal(found[0].Covariance.LogDeterminant, component.Covariance.LogDeterminant, 1e-12));
        // The first logarithm of the last factor: one diagonal element smaller, the last one larger in its stead.
        point[^9] -= 1e-4;
        Assert.False(family.TryReadCoordinates(point, found, read));
    }

    /// <summary>The log-determinant of what the bound holds, where a matrix would have lost half of the digits.</summary>
    [Fact]
    public void TheBoundIsExact()
    {
        CovarianceFloor floor = CovarianceFloor.RelativeTo([1, 4], 1e-12);
        // In units of the columns all of the scatter lies along (1, 1).
        Covariance held = Covariance.FromFactor([1, 0, 2, 0], 2, floor);
        Assert.True(held.FloorActive);
        Assert.Equal(Math.Log(2) + Math.Log(1e-12) + Math.Log(4), held.LogDeterminant, 1e-9);
    }

    private static bool Contains(CovarianceDecomposition wider, CovarianceDecomposition inner) =>
        wider.Volume >= inner.Volume && wider.Shape >= inner.Shape && wider.Orientation >= inner.Orientation;

    private static Covariance[] Estimate(CovarianceDecomposition structure, double[][] scatters, CovarianceFloor floor) => StructuredCovariance.Estimate(
        structure, _counts, [.. scatters.Select(scatter => Cholesky.Root(scatter, Dimension, 0))], [.. _counts.Select(_ => Covariance.FromVariances([1, 1, 1, 1]))], floor, guarded: false);

    private static double[][] Scatters(Random random) => [.. _counts.Select(count => Flat(Simulate.Covariance(random, Dimension)).Select(value => count * value).ToArray())];

    private static double[] Nudged(Random random, ReadOnlySpan<double> matrix, double scale, double count)
    {
        double[,] change = new double[Dimension, Dimension];
        for (int i = 0; i < Dimension; i++)
        {
            for (int j = 0; j < Dimension; j++)
            {
                change[i, j] = (i == j ? 1 : 0) + scale * Simulate.Normal(random);
            }
        }
        return [.. Flat(Product(Product(change, Square(matrix)), Transposed(change))).Select(value => count * value)];
    }

    private static double[] Eigenvalues(Covariance covariance) => FactorSpectrum.Decompose(covariance.Lower, Dimension).Values;

    // Σ nₖ·log |Σₖ| + tr(WₖΣₖ⁻¹), the inverse by a library.
    private static double Objective(Covariance[] covariances, double[][] scatters) => covariances.Select((covariance, k) =>
    {
        MathNet.Numerics.LinearAlgebra.Matrix<double> matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(Dimension, Dimension, covariance.Matrix.ToArray());
        MathNet.Numerics.LinearAlgebra.Matrix<double> scatter = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(Dimension, Dimension, scatters[k]);
        return _counts[k] * Math.Log(matrix.Determinant()) + (scatter * matrix.Inverse()).Trace();
    }).Sum();
}
