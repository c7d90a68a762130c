using System.Globalization;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Architecture;
using Sigma = Latent.Families.Covariance;

namespace Latent.Tests.Mixtures;

/// <summary>A prior taken from the data: mclust's figures, a stationary point of the penalised likelihood, no collapse.</summary>
public class CovariancePriorTests
{
    private static readonly CovarianceStructure[] _structures = [.. CovarianceStructures.Common];

    /// <summary>
    /// mclust 6.0.0: me(data, modelName, unmap(labels), prior = priorControl(), control = emControl(tol = c(0, 0), itmax = 20000)), models VVV, EEE, VVI, VII, and
    /// V, E on one column. Log-likelihood, weights, means, and of each covariance the lower triangle, diagonal, or variance.
    /// </summary>
    public static TheoryData<string, CovarianceStructure, double, double[], double[], double[]> Mclust => new()
    {
        {
            "iris", CovarianceStructure.Full, -192.695283865, [0.3333333333, 0.3138087992, 0.3528578674],
            [
                5.006167433, 3.427925882, 1.462459108, 0.2461906285, 5.936879667, 2.762667966, 4.230126023, 1.3088217, 6.550989469, 2.969305092,
                5.506658702, 2.002372052,
            ],
            [
                0.1046950839, 0.07796770356, 0.1153525537, 0.02510238208, 0.006038128993, 0.05370466897, 0.01310080654, 0.006158685366, 0.01721459016, 0.01433436694,
                0.2229940979, 0.0715512011, 0.07832386436, 0.1634533047, 0.06256302788, 0.1994225077, 0.0509540648, 0.02974741133, 0.06530074075, 0.03268627336,
                0.3345286503, 0.07168213582, 0.08456875602, 0.264497694, 0.05364402633, 0.2882265602, 0.05429800187, 0.03776604595, 0.06425488615, 0.07116349606,
            ]
        },
        {
            "iris", CovarianceStructure.Tied, -257.739376609, [0.3333333333, 0.3479929098, 0.3186737569],
            [
                5.006167433, 3.427925881, 1.462459108, 0.2461906286, 5.960056824, 2.755117533, 4.315269485, 1.330041407, 6.59154211, 2.99971136,
                5.550588295, 2.053581998,
            ],
            [0.2441350168, 0.07970308379, 0.1013480777, 0.1645148093, 0.0424769636, 0.1996845792, 0.03635496017, 0.02369636351, 0.04485551658, 0.03469872083]
        },
        {
            "iris", CovarianceStructure.Diagonal, -312.904087069, [0.3333333333, 0.296904747, 0.3697619197],
            [
                5.006167433, 3.427925881, 1.462459108, 0.2461906285, 5.81370263, 2.694851464, 4.203496053, 1.301630048, 6.621830706, 3.014316642,
                5.469694996, 1.976446268,
            ],
            [
                0.1144959214, 0.1305461552, 0.03712805279, 0.02056501903, 0.1933858389, 0.08467182017, 0.1908074057, 0.04222670582, 0.2843601277, 0.08109802118,
                0.2946894227, 0.08804326925,
            ]
        },
        {
            "iris", CovarianceStructure.Spherical, -384.478676216, [0.3333333339, 0.4154375698, 0.2512290963],
            [
                5.006167433, 3.42792588, 1.462459111, 0.2461906299, 5.906761666, 2.749283949, 4.404385288, 1.433366308, 6.849145638, 3.075002828,
                5.734784257, 2.076929051,
            ],
            [0.07491144134, 0.1585405124, 0.1540915662]
        },
        {
            "faithful", CovarianceStructure.Full, -1130.50926367, [0.3560757295, 0.6439242705],
            [2.037034138, 54.48526503, 4.290051858, 79.97283283],
            [0.07066892108, 0.4747686396, 32.06048443, 0.165608532, 0.9314112062, 34.9063643]
        },
        {
            "faithful", CovarianceStructure.Tied, -1140.26093548, [0.3592427323, 0.6407572677],
            [2.046312439, 54.59807046, 4.295984825, 80.0355527],
            [0.130917054, 0.7533471279, 34.38661383]
        },
        {
            "faithful", CovarianceStructure.Diagonal, -1229.21568993, [0.3650802844, 0.6349197156],
            [2.073952975, 54.74125596, 4.300773419, 80.18707988],
            [0.5498982795, 33.62515684, 0.4172507608, 32.15890033]
        },
        {
            "faithful", CovarianceStructure.Spherical, -1709.58082961, [0.3668862518, 0.6331137482],
            [2.097241923, 54.7381814, 4.293628694, 80.26144206],
            [16.88374565, 15.78278596]
        },
        {
            "galaxies", CovarianceStructure.Full, -210.641825975, [0.0853180603, 0.2822821653, 0.6323997744],
            [9.72583785, 19.81693827, 22.77934428],
            [0.3691173652, 0.3449780174, 10.27409354]
        },
        {
            "galaxies", CovarianceStructure.Tied, -212.484098176, [0.08584014399, 0.8771339834, 0.0370258726],
            [9.761324374, 21.4001047, 32.93108252],
            [3.959239353]
        },
    };

    public static TheoryData<CovarianceStructure, bool> Priors
    {
        get
        {
            TheoryData<CovarianceStructure, bool> cases = new();
            foreach (CovarianceStructure structure in _structures)
            {
                cases.Add(structure, true);
                cases.Add(structure, false);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Mclust))]
    public void MapIsMclusts(string data, CovarianceStructure structure, double logLikelihood, double[] weights, double[] means, double[] shapes)
    {
        (RowSource rows, int[] labels) = Read(data);
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, weights.Length, new GaussianMixtureOptions
        {
            Covariance = structure,
            Prior = CovariancePrior.Map(),
            StartLabels = labels,
            Stopping = StoppingRule.RemainingGain(1e-12),
        });
        Assert.Empty(fit.Result.Degeneracies);
        Close.Equal(logLikelihood, fit.LogLikelihood, 1e-6, "log-likelihood");
        Close.Equal(weights, fit.Weights.AsSpan(), 1e-6, what: "weights");
        Close.Equal(means, [.. fit.Components.SelectMany(component => component.Mean.ToArray())], 1e-6, means, "means");
        double[] found = [.. (structure == CovarianceStructure.Tied ? fit.Components.Take(1) : fit.Components).SelectMany(component => Shape(component, structure))];
        Close.Equal(shapes, found, 1e-6, shapes.Select(value => 1 + Math.Abs(value)).ToArray(), "covariances");
    }

    /// <summary>
    /// Structures that share parts: me(iris, z = species, prior = priorControl(), control = emControl(tol = 1e-15)) of mclust 6.0.0. Not EII, for which it leaves the scale out of
    /// the formula it cites, nor EEI, for which it does not shrink the means.
    /// </summary>
    [Theory]
    [InlineData(CovarianceStructure.VEI, -345.4285905351, 0.33333333, 0.39624416, 0.27042251)]
    [InlineData(CovarianceStructure.EVI, -342.2539200654, 0.33333333, 0.41694753, 0.24971913)]
    [InlineData(CovarianceStructure.EEV, -220.9882299890, 0.33333333, 0.35655925, 0.31010742)]
    [InlineData(CovarianceStructure.VEV, -198.4864814408, 0.33333333, 0.34366692, 0.32299975)]
    public void MapOfSharedPartsIsMclusts(CovarianceStructure structure, double logLikelihood, params double[] weights)
    {
        (RowSource rows, int[] labels) = Read("iris");
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions
        {
            Covariance = structure,
            Prior = CovariancePrior.Map(),
            StartLabels = labels,
            Stopping = StoppingRule.RemainingGain(1e-12),
        });
        Close.Equal(logLikelihood, fit.LogLikelihood, 2e-6, "log-likelihood");
        Close.Equal(weights, fit.Weights.AsSpan(), 1e-6, what: "weights");
    }

    /// <summary>No structure needs a floor under a prior, and its objective never falls.</summary>
    [Fact]
    public void EveryStructureHasPriors()
    {
        RowSource rows = RowSource.From([1, 1, 1, 1, 1, 1, 5, 5, 5, 5, 5.1, 5, 9, 1, 9.2, 1.1, 9, 1.3], 2);
        foreach (CovarianceStructure structure in CovarianceStructures.All)
        {
            foreach (CovariancePrior prior in (CovariancePrior[])[CovariancePrior.Map(), CovariancePrior.Penalised()])
            {
                GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Covariance = structure, Prior = prior, CovarianceFloor = 0 });
                Assert.True(double.IsFinite(fit.Result.Objective));
                Assert.True(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)).All(pair => pair.Second >= pair.First - 1e-9 * Math.Abs(pair.First)), $"{structure}");
            }
        }
    }

    /// <summary>The objective is log-likelihood plus a prior written out here, its gradient vanishes at the fit, and no step decreased it.</summary>
    [Theory]
    [MemberData(nameof(Priors))]
    public void TheFitIsAStationaryPointOfThePenalisedLikelihood(CovarianceStructure structure, bool map)
    {
        RowSource rows = Drawn(60);
        double[] summary = Covariance(rows, out double[] centre);
        const int count = 2;
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, count, new GaussianMixtureOptions
        {
            Covariance = structure,
            Prior = map ? CovariancePrior.Map(0.5) : CovariancePrior.Penalised(3),
            Starts = 1,
            Stopping = StoppingRule.RemainingGain(1e-13),
            Acceleration = Accelerator.None,
        });
        Assert.True(fit.Result.Trace.Count > 5);
        Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), step => Assert.True(step.Second >= step.First - 1e-11 * Math.Abs(step.First)));
        double Prior(GaussianMixture mixture) => map ? MapPrior(mixture, summary, centre) : Penalty(mixture, summary);
        double Objective(GaussianMixture mixture) => mixture.Score(rows) + Prior(mixture);
        Close.Equal(fit.LogLikelihood + Prior(fit), fit.Result.Objective, 1e-8 * Math.Abs(fit.LogLikelihood), "objective");
        Close.Equal(fit.LogLikelihood, fit.Score(rows), 1e-8 * Math.Abs(fit.LogLikelihood), "log-likelihood");
        foreach (Func<double, GaussianMixture> path in Paths(fit, structure))
        {
            const double h = 1e-4;
            (double down, double at, double up) = (Objective(path(-h)), Objective(path(0)), Objective(path(h)));
            Assert.True(Math.Abs(up - down) / (2 * h) < 2e-3, $"gradient {(up - down) / (2 * h)}");
            Assert.True(up + down < 2 * at, "no maximum");
        }
    }

    /// <summary>Too few rows, and a column that does not vary: finite covariances that no floor holds, where maximum likelihood has none.</summary>
    [Theory]
    [MemberData(nameof(Priors))]
    public void DegenerateDataNeedNoFloor(CovarianceStructure structure, bool map)
    {
        double[] few = new double[4 * 6];
        double[] constant = new double[40 * 3];
        Random random = new(5);
        for (int index = 0; index < few.Length; index++)
        {
            few[index] = Simulate.Normal(random);
        }
        for (int index = 0; index < constant.Length; index++)
        {
            constant[index] = index % 3 == 1 ? 7 : Simulate.Normal(random);
        }
        foreach (RowSource rows in (RowSource[])[RowSource.From(few, 6), RowSource.From(constant, 3)])
        {
            GaussianMixtureOptions options = new() { Covariance = structure, Starts = 3, MaxIterations = 500 };
            GaussianMixtureFit fit = GaussianMixture.Fit(rows, 2, options with { Prior = map ? CovariancePrior.Map() : CovariancePrior.Penalised() });
            Assert.True(fit.Converged || fit.Result.StopReason == StopReason.RoundingFloor, $"{fit.Result.StopReason}");
            Assert.Empty(fit.Result.Degeneracies);
            Assert.True(double.IsFinite(fit.LogLikelihood) && double.IsFinite(fit.Result.Objective));
            if (structure is CovarianceStructure.Full or CovarianceStructure.Tied || (structure == CovarianceStructure.Diagonal && rows.Columns == 3))
            {
                Assert.NotEmpty(GaussianMixture.Fit(rows, 2, options).Result.Degeneracies);
            }
        }
    }

    /// <summary>The gradient in coordinates is that of log-likelihood plus log-prior, by differences, under a prior with units and correlations.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    public void TheGradientCountsThePrior(double shrinkage)
    {
        RowSource rows = Engine.Acceleration.FaithfulData.Rows;
        GaussianPrior prior = new([3, 71], shrinkage, Sigma.FromMatrix([40, 90, 90, 5000], 2), 30);
        CovarianceFloor units = CovarianceFloor.RelativeTo([1.3, 185]);
        double[][] means = [[2.2, 57], [4.1, 78]];
        Sigma wide = Sigma.FromMatrix([.4, 1, 1, 60], 2), narrow = Sigma.FromMatrix([.2, .5, .5, 30], 2);
        Check(new FullGaussianFamily(2, units, prior), [new Gaussian(means[0], wide), new Gaussian(means[1], narrow)]);
        Check(new TiedGaussianFamily(2, units, prior), TiedGaussian.Create(means, wide));
        Check(new DiagonalGaussianFamily(2, units, prior), [new DiagonalGaussian(means[0], [.4, 60]), new DiagonalGaussian(means[1], [.2, 30])]);
        Check(new SphericalGaussianFamily(2, units, prior), [new SphericalGaussian(means[0], 20), new SphericalGaussian(means[1], 9)]);

        void Check<TComponent>(IFamily<TComponent, RowTile> family, TComponent[] components)
        {
            MixtureModel<TComponent> model = new(family, 2, 2);
            Mixture<TComponent> mixture = new([.4, .6], components);
            double[] point = new double[model.CoordinateCount(mixture)];
            model.WriteCoordinates(mixture, point);
            double[] statistic = new double[model.StatisticLength];
            double At(Mixture<TComponent> there, double[] into) => model.Expect(there, rows.GetChunk(0), into) + model.LogPrior(there);
            double[] expected = NumericalGradient.Of(
                at => model.TryReadCoordinates(at, mixture, out Mixture<TComponent>? there) ? At(there, new double[statistic.Length]) : double.NaN, point);
            At(mixture, statistic);
            double[] found = new double[point.Length];
            Assert.True(model.TryWriteCoordinateScore(statistic, mixture, found));
            Close.Equal(expected, found, 1e-6, Enumerable.Repeat(expected.Max(Math.Abs), point.Length).ToArray(), "gradient");
        }
    }

    [Fact]
    public void AComponentWithoutRowsHasThePriorsMode()
    {
        Covariance scale = Latent.Families.Covariance.FromMatrix([4, 1, 1, 2], 2);
        GaussianPrior prior = new([1, -1], 0.1, scale, 7);
        double[] expected = [.. scale.Matrix.ToArray().Select(value => value / 8)];

        FullGaussianFamily full = new(2, prior: prior);
        Gaussian found = full.Estimate(new double[full.StatisticLength], new Gaussian([5, 5], [2, 0.5, 0.5, 3]));
        Close.Equal(prior.Mean, found.Mean, 1e-13);
        Close.Equal(expected, found.Covariance.Matrix, 1e-13);

        DiagonalGaussianFamily diagonal = new(2, prior: prior);
        DiagonalGaussian columns = diagonal.Estimate(new double[diagonal.StatisticLength], new DiagonalGaussian([5, 5], [2, 3]));
        Close.Equal(prior.Mean, columns.Mean, 1e-13);
        Close.Equal([0.5, 0.25], columns.Variances, 1e-13);

        SphericalGaussianFamily spherical = new(2, prior: prior);
        SphericalGaussian sphere = spherical.Estimate(new double[spherical.StatisticLength], new SphericalGaussian([5, 5], 2));
        Close.Equal(prior.Mean, sphere.Mean, 1e-13);
        Close.Equal(6.0 / 16, sphere.Variance, 1e-13);

        // Ten rows belong to the first component, about its mean, and none to the second.
        TiedGaussianFamily tied = new(2, prior: prior);
        TiedGaussian[] current = TiedGaussian.Create([[1, -1], [1, -1]], Latent.Families.Covariance.FromVariances([1, 1]));
        double[] statistic = [10, 0, 0, 0, 0, 0, 10, 0, 0, 6, 0, 6];
        TiedGaussian[] both = tied.Estimate(statistic, current);
        Close.Equal(prior.Mean, both[1].Mean, 1e-13);
        Close.Equal([10.0 / 19, 1.0 / 19, 1.0 / 19, 8.0 / 19], both[0].Covariance.Matrix, 1e-13);
    }

    [Fact]
    public void ValuesOutOfRangeAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CovariancePrior.Map(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CovariancePrior.Map(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => CovariancePrior.Penalised(0));
        Covariance scale = Latent.Families.Covariance.FromVariances([1, 1]);
        Assert.Throws<ArgumentException>(() => new GaussianPrior([1], 1, scale, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianPrior([1, 1], 0, scale, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianPrior([1, 1], -1, scale, 1));
        Assert.Throws<ArgumentException>(() => new FullGaussianFamily(3, prior: new GaussianPrior([1, 1], 1, scale, 1)));
    }

    // Normal-inverse-Wishart, or inverse-gamma variances, up to constants [Fraley and Raftery 2007]; ν = d + 2 = 4, κ = 1/2, K = 2, d = 2.
    private static double MapPrior(GaussianMixture mixture, double[] covariance, double[] centre)
    {
        const double unbiased = 60.0 / 59;
        double[] wishart = [.. covariance.Select(value => value * unbiased / 2)];
        double gamma = (wishart[0] + wishart[3]) / 2;
        double sum = 0;
        for (int k = 0; k < mixture.Components.Length; k++)
        {
            double[] s = mixture.Components[k].Covariance.Matrix.ToArray();
            sum += mixture.Structure switch
            {
                CovarianceStructure.Full => WishartLog(s, wishart),
                CovarianceStructure.Tied => k == 0 ? WishartLog(s, wishart) : 0,
                CovarianceStructure.Diagonal => GammaLog(s[0], gamma) + GammaLog(s[3], gamma),
                _ => GammaLog(s[0], gamma),
            };
            double[] shift = [mixture.Components[k].Mean[0] - centre[0], mixture.Components[k].Mean[1] - centre[1]];
            double[] square = [shift[0] * shift[0], shift[0] * shift[1], shift[0] * shift[1], shift[1] * shift[1]];
            sum -= 0.5 * Math.Log(Determinant(s)) + 0.25 * Trace(square, s);
        }
        return sum;
        static double WishartLog(double[] s, double[] scale) => -0.5 * (4 + 2 + 1) * Math.Log(Determinant(s)) - 0.5 * Trace(scale, s);
        static double GammaLog(double variance, double scale) => -(4 / 2.0 + 1) * Math.Log(variance) - scale / (2 * variance);
    }

    // −3(tr(SΣ⁻¹) + log |Σ|) of every distinct covariance; its structure has of S the diagonal, or the mean of that.
    private static double Penalty(GaussianMixture mixture, double[] covariance) => mixture.Components
        .Take(mixture.Structure == CovarianceStructure.Tied ? 1 : 2)
        .Sum(component => -3 * (Trace(covariance, component.Covariance.Matrix.ToArray()) + Math.Log(Determinant(component.Covariance.Matrix.ToArray()))));

    private static double Determinant(double[] s) => s[0] * s[3] - s[1] * s[2];

    /// <summary>tr(A·S⁻¹), both 2 × 2.</summary>
    private static double Trace(double[] a, double[] s) => (a[0] * s[3] - a[1] * s[2] - a[2] * s[1] + a[3] * s[0]) / Determinant(s);

    /// <summary>Lines through the fit: weights, each mean, and each free direction of the covariances.</summary>
    private static IEnumerable<Func<double, GaussianMixture>> Paths(GaussianMixture fit, CovarianceStructure structure)
    {
        double[][] means = [.. fit.Components.Select(component => component.Mean.ToArray())];
        double[][] shapes = [.. fit.Components.Select(component => component.Covariance.Matrix.ToArray())];
        yield return h => Build([fit.Weights[0] + h, fit.Weights[1] - h], means, shapes);
        for (int k = 0; k < 2; k++)
        {
            for (int j = 0; j < 2; j++)
            {
                yield return Move(k, j);
            }
            if (structure == CovarianceStructure.Spherical)
            {
                yield return Bend(k, [1, 0, 0, 1]);
                continue;
            }
            yield return Bend(k, [1, 0, 0, 0]);
            yield return Bend(k, [0, 0, 0, 1]);
            if (structure != CovarianceStructure.Diagonal)
            {
                yield return Bend(k, [0, 0.5, 0.5, 0]);
            }
        }

        GaussianMixture Build(double[] weights, double[][] centres, double[][] covariances) =>
            new(structure, weights, [.. centres.Zip(covariances, (mean, covariance) => new Gaussian(mean, covariance))]);

        Func<double, GaussianMixture> Move(int k, int column) => h =>
        {
            double[][] copy = [.. means.Select(mean => (double[])[.. mean])];
            copy[k][column] += h;
            return Build([.. fit.Weights], copy, shapes);
        };

        // A shared covariance bends for all components at once.
        Func<double, GaussianMixture> Bend(int k, double[] direction) => h => Build(
            [.. fit.Weights],
            means,
            [.. shapes.Select((shape, index) => index == k || structure == CovarianceStructure.Tied ? shape.Zip(direction, (value, way) => value + h * way).ToArray() : shape)]);
    }

    private static IEnumerable<double> Shape(Gaussian component, CovarianceStructure structure)
    {
        int d = component.Dimension;
        for (int row = 0; row < (structure == CovarianceStructure.Spherical ? 1 : d); row++)
        {
            for (int column = structure is CovarianceStructure.Full or CovarianceStructure.Tied ? 0 : row; column <= row; column++)
            {
                yield return component.Covariance.Matrix[row * d + column];
            }
        }
    }

    private static RowSource Drawn(int count)
    {
        Random random = new(11);
        double[] values = new double[2 * count];
        for (int row = 0; row < count; row++)
        {
            double first = Simulate.Normal(random);
            values[2 * row] = first + (row % 2 == 0 ? 3 : 0);
            values[2 * row + 1] = 0.6 * first + Simulate.Normal(random);
        }
        return RowSource.From(values, 2);
    }

    private static double[] Covariance(IRowSource rows, out double[] centre)
    {
        GaussianMixtureFit one = GaussianMixture.Fit(rows, 1);
        centre = one.Components[0].Mean.ToArray();
        return one.Components[0].Covariance.Matrix.ToArray();
    }

    private static (RowSource Rows, int[] Labels) Read(string name)
    {
        string[][] lines = [.. File.ReadAllLines(Path.Combine(Repository.Root, "samples", name + ".csv")).Skip(1).Select(line => line.Split(','))];
        int columns = name switch { "iris" => 4, "faithful" => 2, _ => 1 };
        double unit = name == "galaxies" ? 1000 : 1;
        double[][] values = [.. lines.Select(line => line.Take(columns).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture) / unit).ToArray())];
        int[] labels = name switch
        {
            "iris" => [.. lines.Select(line => Array.IndexOf(["setosa", "versicolor", "virginica"], line[4]))],
            "faithful" => [.. values.Select(row => row[0] > 3 ? 1 : 0)],
            _ => [.. values.Select(row => row[0] <= 15 ? 0 : row[0] <= 22 ? 1 : 2)],
        };
        return (RowSource.From([.. values.SelectMany(row => row)], columns), labels);
    }
}
