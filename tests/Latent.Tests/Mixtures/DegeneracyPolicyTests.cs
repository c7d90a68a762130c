using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Mixtures;

/// <summary>What becomes of components that collapse or empty, by policy; and which maxima look spurious.</summary>
public class DegeneracyPolicyTests
{
    /// <summary>Twenty rows alike and eighty apart: with two components one must collapse.</summary>
    private static readonly RowSource _alike = Alike();

    /// <summary>The third mean is so far away that its component loses all rows in the first step.</summary>
    private static readonly GaussianMixtureOptions _emptying = new() { StartMeans = [[2, 54], [4.3, 80], [1e4, 1e6]] };

    [Fact]
    public void RegulariseHoldsAndReports()
    {
        GaussianMixtureFit fit = GaussianMixture.Fit(_alike, 2, new GaussianMixtureOptions { Starts = 4 });
        Assert.Equal(2, fit.Components.Length);
        Degeneracy found = Assert.Single(fit.Result.Degeneracies);
        Assert.Contains("held", found.Message, StringComparison.Ordinal);
        Assert.InRange(fit.Weights[found.Component], .19, .21);
    }

    [Fact]
    public void ThrowNamesTheComponent()
    {
        NumericalException failure = Assert.Throws<NumericalException>(() => GaussianMixture.Fit(_alike, 2, new GaussianMixtureOptions { Starts = 4, Degeneracy = DegeneracyPolicy.Throw }));
        Assert.Contains("component", failure.Message, StringComparison.Ordinal);
        Assert.Contains("of 2", failure.Message, StringComparison.Ordinal);
        GaussianMixtureFit sound = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2, new GaussianMixtureOptions { Degeneracy = DegeneracyPolicy.Throw });
        Assert.Equal(GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2).LogLikelihood, sound.LogLikelihood);
    }

    /// <summary>The fit without the component is what the others alone make of the data.</summary>
    [Fact]
    public void DropGoesOnWithOneLess()
    {
        GaussianMixtureFit fit = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 3, _emptying with { Degeneracy = DegeneracyPolicy.Drop });
        Assert.Equal(2, fit.Components.Length);
        Assert.Equal(11, fit.FreeParameters);
        Assert.Equal(-1130.26396018478, fit.LogLikelihood, 1e-5);
        Assert.Equal(fit.LogLikelihood, fit.Score((RowSource)FaithfulData.Rows), 1e-8);
        Degeneracy happened = Assert.Single(fit.Result.Degeneracies);
        Assert.Equal(-1, happened.Component);
        Assert.Contains("component 3 of 3 was dropped", happened.Message, StringComparison.Ordinal);
        Assert.True(fit.Result.Trace.Count == fit.Result.Iterations + 2, $"{fit.Result.Trace.Count} objectives, {fit.Result.Iterations} iterations");

        GaussianMixtureFit one = GaussianMixture.Fit(_alike, 2, new GaussianMixtureOptions { Starts = 4, Degeneracy = DegeneracyPolicy.Drop });
        Assert.Single(one.Components);
        Assert.Equal(GaussianMixture.Fit(_alike, 1).LogLikelihood, one.LogLikelihood, 1e-7);
    }

    [Fact]
    public void ReseedBeginsAnew()
    {
        GaussianMixtureFit fit = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 3, _emptying with { Degeneracy = DegeneracyPolicy.Reseed });
        Assert.Equal(3, fit.Components.Length);
        Assert.All(fit.Weights, weight => Assert.True(weight > .01));
        Assert.True(fit.LogLikelihood > -1130.26 + 3, $"{fit.LogLikelihood}");
        Assert.Contains("began anew", Assert.Single(fit.Result.Degeneracies).Message, StringComparison.Ordinal);
        Assert.True(fit.Converged);

        // Where the data will have it so, the component is held after as many tries as there are components.
        GaussianMixtureFit held = GaussianMixture.Fit(_alike, 2, new GaussianMixtureOptions { Starts = 4, Degeneracy = DegeneracyPolicy.Reseed });
        Assert.InRange(held.Result.Degeneracies.Count(found => found.Message.Contains("anew", StringComparison.Ordinal)), 1, 2);
        Assert.All(held.Result.Trace, objective => Assert.True(double.IsFinite(objective)));
    }

    /// <summary>The policy is every mixture's: counts whose component loses its rows.</summary>
    [Fact]
    public void OtherFamiliesHaveItToo()
    {
        double[] counts = [.. Enumerable.Range(0, 60).Select(row => (double)(row % 4 + (row % 2 == 0 ? 0 : 20)))];
        PoissonFamily family = new();
        MixtureOptions<Poisson> options = new() { Start = new Mixture<Poisson>([1, 1, 1], [new Poisson(2), new Poisson(22), new Poisson(1e6)]), Degeneracy = DegeneracyPolicy.Drop };
        MixtureFit<Poisson> fit = Mixture.Fit(family, RowSource.From(counts, 1), 3, options);
        Assert.Equal(2, fit.Components.Length);
        Assert.Contains("dropped", Assert.Single(fit.Result.Degeneracies).Message, StringComparison.Ordinal);
    }

    /// <summary>Four rows close together: with many components the likelihood has its greatest maximum there, and the fit says so.</summary>
    [Fact]
    public void SpuriousMaximaAreFlagged()
    {
        RandomGenerator random = new(5);
        double[][] rows = [.. Enumerable.Range(0, 100).Select(row => row < 4 ? new double[] { 3 + 1e-2 * row, 3 + 1e-2 * (row % 2) } : [random.NextGaussian(), random.NextGaussian()])];
        int[] labels = [.. Enumerable.Range(0, 100).Select(row => row < 4 ? 1 : 0)];
        GaussianMixtureFit fit = GaussianMixture.Fit((RowSource)rows, 2, new GaussianMixtureOptions { StartLabels = labels });
        Degeneracy found = Assert.Single(fit.Result.Suspicions);
        Assert.Empty(fit.Result.Degeneracies);
        Assert.InRange(fit.Weights[found.Component], .039, .041);
        Assert.Contains("about 4 rows", found.Message, StringComparison.Ordinal);

        Assert.Empty(GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2).Result.Suspicions);
        // A small group that is as wide as the others is none.
        double[][] small = [.. rows.Select((row, index) => index < 4 ? [8 + .6 * random.NextGaussian(), 8 + .6 * random.NextGaussian()] : row)];
        Assert.Empty(GaussianMixture.Fit((RowSource)small, 2, new GaussianMixtureOptions { StartLabels = labels }).Result.Suspicions);
    }

    private static RowSource Alike()
    {
        RandomGenerator random = new(3);
        return RowSource.From([.. Enumerable.Range(0, 100).SelectMany(row => row < 20 ? (double[])[9, 9] : [random.NextGaussian(), random.NextGaussian()])], 2);
    }
}
