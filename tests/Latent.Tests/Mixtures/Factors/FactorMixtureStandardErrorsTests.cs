using Latent.Data;
using Latent.Factors;
using Latent.Mixtures;
using Latent.Testing;
using MathNet.Numerics.LinearAlgebra;
using static Latent.Tests.Families.FullGaussianFamilyLaws;

namespace Latent.Tests.Mixtures.Factors;

/// <summary>Standard errors of mixtures of factor analysers, whose loadings can be turned without any change of the likelihood.</summary>
public class FactorMixtureStandardErrorsTests
{
    private const int D = 6;
    private const int Q = 2;

    /// <summary>
    /// The information of the naive likelihood in all d·q loadings is singular along their turns; its pseudo-inverse still gives every function that turns leave alone: means, uniquenesses, and the
    /// loadings of the reported turn.
    /// </summary>
    [Theory]
    [InlineData(UniquenessSharing.Own, 0)]
    [InlineData(UniquenessSharing.Own, 0.2)]
    [InlineData(UniquenessSharing.Isotropic, 0.2)]
    public void StandardErrorsAreThoseOfThePseudoInverse(UniquenessSharing sharing, double missing)
    {
        FactorParameters truth = FactorGaussianFamilyLaws.Made(new Random(2), D, Q, 1, j => sharing == UniquenessSharing.Isotropic ? 0.5 : 0.3 + 0.1 * j).Parameters;
        double[] values = FactorMixtureMissingTests.Holed(FactorMixture.Create(sharing, [1.0], [truth]).Sample(300, 3).Values, D, missing, 4);
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(RowSource.From(values, D), 1, Q, new FactorMixtureOptions { Uniquenesses = sharing, Stopping = StoppingRule.RemainingGain(1e-12) });
        ParameterEstimates errors = fit.StandardErrors(RowSource.From(values, D));
        Assert.Empty(errors.Undetermined);

        int noises = sharing == UniquenessSharing.Isotropic ? 1 : D;
        FactorParameters own = fit.Components[0].Parameters;
        double[] at = [.. own.Mean, .. own.Loadings, .. own.Uniquenesses[..noises]];
        Matrix<double> hessian = Hessian(
            point =>
            {
                FactorParameters read = Read(point, noises);
                return new NaiveGaussianMixture([1], [read.Mean.ToArray()], [Square(read.ToGaussian().Covariance.Matrix)]).Expect(values).LogLikelihood;
            },
            at);
        Matrix<double> inverse = PseudoInverse(-hessian, Q * (Q - 1) / 2);
        Assert.Equal(at.Length, errors.Parameters.Count);
        for (int index = 0; index < at.Length; index++)
        {
            int parameter = index;
            double sign = 1;
            Vector<double> slope = Vector<double>.Build.DenseOfArray(NumericalGradient.Of(point => sign * Natural(Read(point, noises), sharing)[parameter], at));
            double expected = Math.Sqrt(slope * inverse * slope);
            Assert.Equal(at[index], errors.Parameters[index].Value, 1e-6 * (1 + Math.Abs(at[index])));
            Assert.Equal(expected, errors.Parameters[index].StandardError, 2e-3 * expected);
        }
    }

    /// <summary>Coordinates without turns are as many as free parameters, and lead back to the same density; a uniqueness that all components share is one parameter.</summary>
    [Theory]
    [InlineData(UniquenessSharing.Own)]
    [InlineData(UniquenessSharing.Common)]
    [InlineData(UniquenessSharing.Isotropic)]
    public void CoordinatesWithoutTurnsAreTheFreeParameters(UniquenessSharing sharing)
    {
        Random random = new(5);
        FactorGaussian[] components = [.. new[] { -1.0, 1.0 }.Select(centre => FactorGaussianFamilyLaws.Made(random, 9, 3, centre, _ => 0.5))];
        FactorGaussianFamily family = (FactorGaussianFamily)new FactorGaussianFamily(9, 3, sharing).Identified(components);
        Assert.Equal(family.FreeParametersOf(2), family.CoordinateCount(2));
        double[] point = new double[family.CoordinateCount(2)];
        family.WriteCoordinates(components, point);
        FactorGaussian[] read = new FactorGaussian[2];
        Assert.True(family.TryReadCoordinates(point, components, read));
        for (int k = 0; k < 2; k++)
        {
            Close.Equal(components[k].Parameters.ToGaussian().Covariance.Matrix, read[k].Parameters.ToGaussian().Covariance.Matrix, 1e-12, what: "covariance");
            double[] before = new double[9 + 27 + 9];
            double[] after = new double[before.Length];
            int length = family.NaturalParameters(1, Schema.Numbered(9).Names).Count;
            family.WriteNaturalParameters(components[k], before.AsSpan(0, length));
            family.WriteNaturalParameters(read[k], after.AsSpan(0, length));
            Close.Equal(before, after, 1e-9, what: "natural parameters");
        }
    }

    /// <summary>In ninety-five of a hundred samples about, the interval of a loading, a uniqueness and a mean holds what the rows were drawn with; 2.2 standard errors of the count either way.</summary>
    [Fact]
    public void IntervalsCover()
    {
        FactorParameters truth = new FactorGaussian(FactorGaussianFamilyLaws.Made(new Random(4), D, Q, 0, j => 0.4 + 0.05 * j).Parameters).Canonical.Parameters;
        FittedMixture<FactorGaussian> source = FactorMixture.Create(UniquenessSharing.Own, [1.0], [truth]);
        Dictionary<string, double> expected = new() { ["mean[1, x1]"] = truth.Mean[0], ["loading[1, x3, 1]"] = truth.Row(2)[0], ["loading[1, x4, 2]"] = truth.Row(3)[1], ["uniqueness[1, x5]"] = truth.Uniquenesses[4] };
        Dictionary<string, int> covered = expected.Keys.ToDictionary(name => name, _ => 0);
        for (int sample = 0; sample < 200; sample++)
        {
            RowSource rows = RowSource.From(source.Sample(400, (ulong)(100 + sample)).Values, D);
            ParameterEstimates errors = FactorMixture.Fit(rows, 1, Q).StandardErrors(rows);
            foreach ((string name, double value) in expected)
            {
                covered[name] += errors[name].Lower <= value && value <= errors[name].Upper ? 1 : 0;
            }
        }
        Assert.All(covered.Values, count => Assert.InRange(count, 183, 198));
    }

    /// <summary>Replicates of a bootstrap have the estimate's signs: the bootstrap agrees with the information.</summary>
    [Fact]
    public void TheBootstrapAgrees()
    {
        double[] values = FactorMixtureMissingTests.Saturated(500);
        RowSource rows = RowSource.From(values, 3);
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(rows, 2, 1);
        ParameterEstimates errors = fit.StandardErrors(rows);
        ParameterEstimates bootstrap = fit.Bootstrap(rows, new BootstrapOptions { Replicates = 120 }).Estimates;
        foreach (ParameterEstimate estimate in errors.Parameters)
        {
            Assert.InRange(bootstrap[estimate.Name].StandardError / estimate.StandardError, 0.6, 1.7);
        }
    }

    private static double[] Natural(FactorParameters parameters, UniquenessSharing sharing)
    {
        FactorGaussian turned = new FactorGaussian(parameters).Canonical;
        return [.. turned.Mean, .. turned.Parameters.Loadings, .. turned.Parameters.Uniquenesses[..(sharing == UniquenessSharing.Isotropic ? 1 : D)]];
    }

    private static FactorParameters Read(double[] point, int noises) => new(
        point.AsSpan(0, D), point.AsSpan(D, D * Q), noises == 1 ? [.. Enumerable.Repeat(point[^1], D)] : point.AsSpan(D + D * Q, D));

    private static Matrix<double> Hessian(Func<double[], double> function, double[] at)
    {
        Matrix<double> hessian = Matrix<double>.Build.Dense(at.Length, at.Length);
        for (int i = 0; i < at.Length; i++)
        {
            double step = 1e-3;
            double[] Slope(double by)
            {
                double[] moved = [.. at];
                moved[i] += by;
                return NumericalGradient.Of(function, moved);
            }
            hessian.SetColumn(i, [.. Slope(step).Zip(Slope(-step), (right, left) => (right - left) / (2 * step))]);
        }
        return (hessian + hessian.Transpose()) / 2;
    }

    private static Matrix<double> PseudoInverse(Matrix<double> information, int nulls)
    {
        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> spectrum = information.Evd(Symmetricity.Symmetric);
        double[] values = [.. spectrum.EigenValues.Select(value => value.Real)];
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(index => Math.Abs(values[index]))];
        Assert.True(Math.Abs(values[order[nulls - 1]]) < 1e-3 * values[order[nulls]]);
        Matrix<double> inverse = Matrix<double>.Build.Dense(values.Length, values.Length);
        foreach (int index in order.Skip(nulls))
        {
            Vector<double> vector = spectrum.EigenVectors.Column(index);
            inverse += vector.OuterProduct(vector) / values[index];
        }
        return inverse;
    }
}
