using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Families;

/// <summary>
/// Densities and maximum-likelihood estimates beside R 4.2.2: dpois, dbinom, … at one point, and the optimum of Σ w·log f by closed form or by optim (Nelder-Mead, then BFGS, reltol 1e-16).
/// </summary>
public sealed class SecondSourceTests
{
    private static readonly double[] _counts = [0, 1, 1, 2, 3, 3, 4, 6, 9, 14, 0, 2];
    private static readonly double[] _weights = [1, 2, 1, .5, 3, 1, 1, 2, .5, 1, 2, 1];
    private static readonly double[] _positive = [.3, .9, 1.2, 1.7, 2.1, 2.2, 3.5, 4.8, 7.1, .55, 1.05, 2.9];
    private static readonly double[] _shares = [.05, .2, .31, .42, .5, .63, .77, .81, .9, .12, .36, .58];
    private static readonly double[] _angles = [-2.9, -.4, .1, .3, .35, .8, 1.2, 2.5, -.7, 0, .9, -1.1];
    private static readonly double[] _right = [0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0];
    private static readonly double[] _both = [-1, 0, 0, 0, 1, 0, 0, 1, -1, 0, 0, 0];

    [Fact]
    public void Bernoulli() => Check(new BernoulliFamily(), new Bernoulli(.3), [1], -1.20397280432594, [0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1], -9.50608036359742, 0.71875);

    [Fact]
    public void Categorical() => Check(
        new CategoricalFamily(3), new Categorical(.3, .5, .2), [1], -0.693147180559945, [0, 1, 2, 0, 1, 1, 2, 2, 1, 0, 0, 2], -17.3791675583124, 0.28125, 0.40625, 0.3125);

    // R: dunif.
    [Fact]
    public void Uniform() => Assert.Equal(-1.38629436111989, Mixture.Fit(new UniformFamily(-1, 3), RowSource.From((double[])[1.3]), 1).LogLikelihood, 13);

    // R: cov.wt(method = "ML"), and the normal density with mahalanobis.
    [Fact]
    public void Gaussian()
    {
        MixtureFit<Gaussian> fit = Mixture.Fit(new FullGaussianFamily(2), RowSource.From(Beside(_angles, _positive), 2).WithWeights(_weights), 1);

        Close.Equal(-54.2490393285174, fit.LogLikelihood, 1e-12);
        Close.Equal([0.309375, 2.178125], fit.Components[0].Mean.ToArray(), 1e-12);
        Close.Equal(
            [1.579755859375, 1.023955078125, 1.023955078125, 2.575615234375], fit.Components[0].Covariance.Matrix, 1e-12);
    }

    /// <summary>A probability of 10⁻¹² keeps its digits where it meets a count of 10¹²: R's dgeom.</summary>
    [Fact]
    public void RareEventsInLargeCounts()
    {
        Close.Equal(-28.631021115929, LogLikelihood(new GeometricFamily(), new Geometric(1e-12), [1e12], [1]), 1e-13);
        Close.Equal(-27.9378739353696, LogLikelihood(new GeometricFamily(), new Geometric(2e-12), [5e11], [1]), 1e-13);
    }

    /// <summary>Towards an infinite scale a Weibull distribution in a window is a power law, f(x) = k·x^(k−1)/bᵏ, and stays one where the mass of the window has run out of double rounding.</summary>
    [Theory]
    [InlineData(1e5)]
    [InlineData(1e12)]
    [InlineData(1e60)]
    public void AWindowInTheFirstTraceOfAWeibullIsAPowerLaw(double scale) => Close.Equal(
        Math.Log(3) + 2 * Math.Log(1.3) - 3 * Math.Log(8), LogLikelihood(new TruncatedWeibullFamily(0, 8), new Weibull(3, scale), [1.3], [1]), 1e-12);

    /// <summary>A component of hardly any counts has its size at the least, not at the most: that is where its likelihood is greatest.</summary>
    [Fact]
    public void ASizeBelowItsBoundIsAtThatEnd()
    {
        NegativeBinomialFamily family = new(200);
        double[] statistic = new double[201];
        (statistic[0], statistic[200]) = (1, 1e-7);

        NegativeBinomial found = family.Estimate(statistic, new NegativeBinomial(1e-5, 0.001));

        Assert.Equal(1e-6, found.Size, 1e-12);
        Assert.True(1e-7 * found.LogProbability(200) + found.LogProbability(0) > 1e-7 * new NegativeBinomial(1, found.Mean).LogProbability(200) + new NegativeBinomial(1, found.Mean).LogProbability(0));
    }

    [Fact]
    public void Poisson() => Check(new PoissonFamily(), new Poisson(2.5), [4], -2.01289090285133, _counts, -46.2536663386154, 3.28125);

    [Fact]
    public void Binomial() => Check(new BinomialFamily(14), new Binomial(.3), [4], -1.47388587737585, _counts, -56.9734773743405, 0.234375);

    [Fact]
    public void Geometric() => Check(new GeometricFamily(), new Geometric(.3), [4], -2.63067258008087, _counts, -37.2340005911609, 0.233576642335766);

    [Fact]
    public void NegativeBinomial() =>
        Check(new NegativeBinomialFamily(14), new NegativeBinomial(1.7, 2.5), [4], -2.41102931775613, _counts, -37.1103943295014, 1.296125940986, 3.28125);

    [Fact]
    public void ZeroInflatedPoisson() =>
        Check(new ZeroInflatedPoissonFamily(), new ZeroInflatedPoisson(.3, 2.5), [4], -2.36956584679006, _counts, -42.8336625368414, 0.171735932002798, 3.96159885269612);

    [Fact]
    public void ZeroOfZeroInflatedPoisson() =>
        Check(new ZeroInflatedPoissonFamily(), new ZeroInflatedPoisson(.3, 2.5), [0], -1.02873321267356, _counts, -42.8336625368414, 0.171735932002798, 3.96159885269612);

    [Fact]
    public void Exponential() => Check(new ExponentialFamily(), new Exponential(.7), [1.3], -1.26667494393873, _positive, -28.455430639468, 0.459110473457676);

    [Fact]
    public void Gamma() => Check(new GammaFamily(), new Gamma(2.2, .7), [1.3], -1.47679522609486, _positive, -26.7438304169426, 1.9383051720006, 0.889896200017573);

    [Fact]
    public void Weibull() => Check(new WeibullFamily(), new Weibull(2.2, 1.7), [1.3], -0.618314762377601, _positive, -26.9644155659001, 1.43361502406608, 2.41124576635668);

    [Fact]
    public void LogNormal() =>
        Check(new LogNormalFamily(), new Normal(.4, .36), [1.3], -0.69678772348336, _positive, -26.7992508453639, 0.498856718884889, 0.784395380215779 * 0.784395380215779);

    [Fact]
    public void Normal() => Check(new NormalFamily(), new Normal(.4, .36), [1.3], -1.53311290943868, _angles, -26.3611790570077, 0.309375, 1.579755859375);

    [Fact]
    public void Beta() => Check(new BetaFamily(), new Beta(2.2, 1.7), [.3], -0.0279992480900688, _shares, 1.32711719499826, 1.53117766231538, 1.82082166738247);

    [Fact]
    public void VonMises() => Check(new VonMisesFamily(), new VonMises(.4, 2.5), [1.3], -1.47469081692871, _angles, -24.5853890629379, 0.422183078615393, 1.2481197271382);

    [Fact]
    public void VonMisesFisher()
    {
        double[] rows = [1, 0, 0, .6, .8, 0, 0, .6, .8, .48, .64, .6, .8, 0, .6, 0, 0, 1];
        const double Kappa = 4.73763507678142;
        Check(new VonMisesFisherFamily(3), new VonMisesFisher(.6 * 2.5, 0, .8 * 2.5), [.48, .64, .6], -1.4948255850857, rows, [1, 2, 1, .5, 3, 1], -10.8930491684449,
            [0.721616858906131 * Kappa, 0.375717866650841 * Kappa, 0.581468136377042 * Kappa]);
    }

    [Fact]
    public void Multinomial() => Check(
        new MultinomialFamily(3), new Multinomial(.5, .3, .2), [4, 1, 1], -2.18480205733766, [1, 2, 0, 0, 0, 3, 4, 1, 1, 2, 2, 2], [1, 2, .5, 1], -11.7215707549195,
        [0.277777777777778, 0.25, 0.472222222222222]);

    [Fact]
    public void CensoredExponential() => Check(
        new CensoredExponentialFamily(), new CensoredExponential(.7), [1.3, 0], -1.26667494393873, Beside(_positive, _right), _weights, -24.2501201711293, [0.329985652797704]);

    [Fact]
    public void CensoredWeibull() => Check(
        new WeibullFamily(censored: true), new Weibull(2.2, 1.7), [1.3, 0], -0.618314762377601, Beside(_positive, _right), _weights, -24.0300030977838, [1.17773218216002, 3.01022277477776]);

    [Fact]
    public void CensoredNormal() => Check(
        new CensoredNormalFamily(), new Normal(.4, .36), [1.3, 0], -1.53311290943868, Beside(_angles, _both), _weights, -25.244784969832, [0.651402934479605, 3.42626512353311]);

    [Fact]
    public void TruncatedExponential() => Check(
        new TruncatedExponentialFamily(.2, 8), new TruncatedExponential(.7, .2, 8), [1.3], -1.12241231609074, _positive, -26.5329393520571, 0.451237448249447);

    // From far off the likelihood also rises towards an infinite scale, where the rows look like a power law: a start from the data does not.
    [Fact]
    public void TruncatedWeibull() => Check(
        new TruncatedWeibullFamily(.2, 8), new Weibull(2.2, 1.7), [1.3], -0.60929327047951, _positive, _weights, -26.304570081312, [1.24599395586032, 2.30488829433848], new Weibull(1, 2.2));

    [Fact]
    public void TruncatedNormal() => Check(
        new TruncatedNormalFamily(-3, 3), new Normal(.4, 1.6 * 1.6), [1.3], -1.47578398573447, _angles, -25.9262483476472, 0.37756173127332, 1.94948699492561);

    private static double[] Beside(double[] values, double[] codes) => [.. values.Zip(codes).SelectMany(pair => new[] { pair.First, pair.Second })];

    private static void Check<T>(ParametricFamily<T> family, T at, double[] x, double density, double[] data, double optimum, params double[] estimate)
        where T : Distribution => Check(family, at, x, density, data, _weights, optimum, estimate);

    private static void Check<T>(ParametricFamily<T> family, T at, double[] x, double density, double[] data, double[] weights, double optimum, double[] estimate, T? start = null)
        where T : Distribution
    {
        Close.Equal(density, LogLikelihood(family, at, x, [1]), 1e-12, "log-density");
        T current = start ?? at;
        double last = double.NegativeInfinity;
        for (int iteration = 0; iteration < 500; iteration++)
        {
            double now = LogLikelihood(family, current, data, weights);
            Assert.True(now >= last - 1e-12 * Math.Abs(now), $"Expected no decrease, found {last:R} and then {now:R}.");
            last = now;
            current = Step(family, current, data, weights);
        }
        Close.Equal(optimum, last, 1e-9, "log-likelihood");
        Close.Equal(estimate, current.Parameters.ToArray(), 2e-6, what: "estimate");
    }

    private static double LogLikelihood<T>(ParametricFamily<T> family, T component, double[] data, double[] weights)
        where T : Distribution
    {
        (RowTile tile, double[] scratch) = Tile(family, data);
        double[] logDensity = new double[tile.PaddedRows];
        family.LogDensity(component, tile, scratch, logDensity);
        return weights.Select((weight, row) => weight * logDensity[row]).Sum();
    }

    private static T Step<T>(ParametricFamily<T> family, T current, double[] data, double[] weights)
        where T : Distribution
    {
        (RowTile tile, double[] scratch) = Tile(family, data);
        double[] padded = new double[tile.PaddedRows];
        weights.CopyTo(padded, 0);
        family.LogDensity(current, tile, scratch, new double[tile.PaddedRows]);
        double[] statistic = new double[family.StatisticLength];
        family.Accumulate(current, tile, scratch, padded, statistic);
        return family.Estimate(statistic, current);
    }

    private static (RowTile Tile, double[] Scratch) Tile<T>(ParametricFamily<T> family, double[] data)
        where T : Distribution
    {
        RowTile tile = new(family.Columns);
        tile.Load(new RowChunk(data, family.Columns), 0, data.Length / family.Columns);
        return (tile, new double[family.ScratchLength(RowTile.Capacity)]);
    }
}
