using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Mixtures;

/// <summary>What is known of the rows' components: the likelihood of rows and labels, starts that heed it, the same bits however the work is divided.</summary>
public class KnownComponentsTests
{
    private static readonly double[][] _data = FaithfulData.Rows;

    private static readonly RowSource _rows = FaithfulData.Rows;

    private static readonly string?[] _texts =
        [.. Enumerable.Range(0, 272).Select(row => (row % 11) switch { 0 => _data[row][0] > 3 ? "long" : "short", 3 => "long|short", 7 => "long|other", _ => null })];

    [Fact]
    public void TextNamesComponentsInOrder()
    {
        KnownComponents known = KnownComponents.Parse(["b", null, " a | b", "", "c"], out IReadOnlyList<string> names);
        Assert.Equal(["a", "b", "c"], names);
        Assert.Equal((3, 5), (known.Components, known.Rows));
        double no = double.NegativeInfinity;
        Assert.Equal([no, 0, no, no], Enumerable.Range(0, 4).Select(k => known.LogFactor(0, k)));
        Assert.Equal([0, 0, 0, 0], Enumerable.Range(0, 4).Select(k => known.LogFactor(1, k)));
        Assert.Equal([0, 0, no, no], Enumerable.Range(0, 4).Select(k => known.LogFactor(2, k)));
        Assert.Equal([true, false, true, false, true], Enumerable.Range(0, 5).Select(known.Knows));
        Assert.Equal([0, no], Enumerable.Range(0, 2).Select(k => known.Slice(2, 3).LogFactor(0, 2 * k)));
        KnownComponents.Parse(["10", "9", "-1.5"], out names);
        Assert.Equal(["-1.5", "9", "10"], names);
    }

    [Fact]
    public void SoftWeightsHaveNoScale()
    {
        KnownComponents known = KnownComponents.FromWeights([1, 3, 200, 200, double.NaN, double.NaN, 0, 5], 2);
        Assert.Equal(4, known.Rows);
        Assert.Equal(Math.Log(1.0 / 3), known.LogFactor(0, 0), 1e-15);
        Assert.Equal([0, 0, 0], [known.LogFactor(0, 1), known.LogFactor(1, 0), known.LogFactor(1, 1)]);
        Assert.Equal([0, 0], [known.LogFactor(2, 0), known.LogFactor(2, 5)]);
        Assert.Equal(double.NegativeInfinity, known.LogFactor(3, 0));
        Assert.Equal(double.NegativeInfinity, known.Slice(3, 1).LogFactor(0, 0));
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Assert.Contains("'a||b'", Assert.Throws<ArgumentException>(() => KnownComponents.Parse(["a||b"], out _)).Message);
        Assert.Contains("at least one row", Assert.Throws<ArgumentException>(() => KnownComponents.Parse([null, ""], out _)).Message);
        Assert.Contains("found -2", Assert.Throws<ArgumentException>(() => KnownComponents.FromLabels(0, -2)).Message);
        Assert.Contains("row index 1", Assert.Throws<ArgumentException>(() => KnownComponents.FromWeights([1, 1, 0, 0], 2)).Message);
        Assert.Contains("row index 0", Assert.Throws<ArgumentException>(() => KnownComponents.FromWeights([1, double.NaN], 2)).Message);
        Assert.Contains("found it of 3", Assert.Throws<ArgumentException>(() => _rows.WithKnown(KnownComponents.FromLabels(0, 1, 1))).Message);
        RowSource three = _rows.WithKnown(KnownComponents.Parse(_texts, out _));
        Assert.Contains("at least 3 components", Assert.Throws<ArgumentException>(() => GaussianMixture.Fit(three, 2)).Message);
        Assert.Contains("annihilated", Assert.Throws<ArgumentException>(() => GaussianMixture.Fit(three, 5, new GaussianMixtureOptions { Annihilate = true })).Message);
    }

    /// <summary>EM in plain loops over the same factors, weights and start: likelihood and responsibilities, step by step, over more than one tile.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StepsAreThoseOfPlainLoops(bool soft)
    {
        Random random = new(4);
        double[] weights = [.. _data.Select(_ => 3 * random.NextDouble())];
        double[] factors = [.. _data.SelectMany(_ => soft ? new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() * (random.Next(2)) } : [1, 1, 1])];
        KnownComponents known = soft ? KnownComponents.FromWeights(factors, 3) : KnownComponents.Parse(_texts, out _);
        double[][] q = [.. Enumerable.Range(0, 272).Select(row => Enumerable.Range(0, 3).Select(k => soft
            ? factors[3 * row + k] / factors.AsSpan(3 * row, 3).ToArray().Max()
            : _texts[row] is not { } text || text.Split('|').Contains(((string[])["long", "other", "short"])[k]) ? 1.0 : 0.0).ToArray())];
        RowChunk chunk = new RowChunk(_data.SelectMany(row => row).ToArray(), 2, weights).WithKnown(known);
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 3, 2);
        Mixture<Gaussian> mixture = new([.3, .3, .4], [new([2, 55], [.3, 0, 0, 40]), new([4, 70], [.5, .1, .1, 60]), new([4.2, 80], [.2, 0, 0, 30])]);
        for (int iteration = 0; iteration < 20; iteration++)
        {
            double expected = 0;
            double[] counts = new double[3];
            double[][] means = [new double[2], new double[2], new double[2]];
            for (int row = 0; row < 272; row++)
            {
                double[] joint = [.. Enumerable.Range(0, 3).Select(k => q[row][k] * mixture.Weights[k] * Math.Exp(mixture.Components[k].LogDensity(_data[row])))];
                expected += weights[row] * Math.Log(joint.Sum());
                for (int k = 0; k < 3; k++)
                {
                    counts[k] += weights[row] * joint[k] / joint.Sum();
                    means[k][0] += weights[row] * joint[k] / joint.Sum() * _data[row][0];
                    means[k][1] += weights[row] * joint[k] / joint.Sum() * _data[row][1];
                }
            }
            double[] statistic = new double[model.StatisticLength];
            double found = model.Expect(mixture, chunk, statistic);
            mixture = model.Maximize(statistic, mixture);
            Close.Equal(expected, found, 1e-11 * Math.Abs(expected), "log-likelihood");
            Close.Equal(counts.Select(count => count / counts.Sum()).ToArray(), mixture.Weights.AsSpan(), 1e-11, what: "weights");
            for (int k = 0; k < 3; k++)
            {
                Close.Equal(means[k].Select(sum => sum / counts[k]).ToArray(), mixture.Components[k].Mean, 1e-10, what: "mean");
            }
        }
    }

    /// <summary>Every row labelled is one M-step; all factors equal is no knowledge.</summary>
    [Fact]
    public void AllKnownAndNothingKnownAreTheEnds()
    {
        int[] labels = [.. _data.Select(row => row[0] > 3 ? 1 : 0)];
        GaussianMixtureFit all = GaussianMixture.Fit(_rows.WithKnown(KnownComponents.FromLabels(labels)), 2);
        double[] own = [.. _data.Where(row => row[0] > 3).Select(row => row[1])];
        Assert.Equal(own.Length / 272.0, all.Weights[1], 1e-12);
        Assert.Equal(own.Average(), all.Components[1].Mean[1], 1e-9);
        Assert.Equal(0, all.Entropy, 1e-12);

        RowSource unknown = _rows.WithKnown(KnownComponents.FromWeights([.. _data.SelectMany(_ => new[] { 2.0, 2.0 })], 2));
        GaussianMixtureOptions options = new() { StartLabels = labels };
        Assert.Equal(GaussianMixture.Fit(_rows, 2, options).LogLikelihood, GaussianMixture.Fit(unknown, 2, options).LogLikelihood, 1e-9);
    }

    /// <summary>The components are those of the labels, from default starts, in every structure, with the labels against the order of the weights and a component that no label names.</summary>
    [Fact]
    public void DefaultStartsHeedTheLabels()
    {
        KnownComponents known = KnownComponents.Parse(_texts.Select(text => text == "long|other" ? null : text).ToArray(), out IReadOnlyList<string> names);
        Assert.Equal(["long", "short"], names);
        RowSource rows = _rows.WithKnown(known);
        foreach (CovarianceStructure structure in CovarianceStructures.All)
        {
            GaussianMixtureFit fit = GaussianMixture.Fit(rows, 2, new GaussianMixtureOptions { Covariance = structure });
            Assert.True(fit.Components[0].Mean[0] > 4 && fit.Components[1].Mean[0] < 2.3);
            Assert.Equal(fit.Score(rows), fit.LogLikelihood, 1e-8);
            Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-9));
        }
        GaussianMixtureFit more = GaussianMixture.Fit(rows, 4);
        Assert.True(more.Components[0].Mean[0] > 3.5 && more.Components[1].Mean[0] < 2.5);
        Assert.True(more.Weights[2] >= more.Weights[3]);
        Assert.True(more.LogLikelihood > GaussianMixture.Fit(rows, 2).LogLikelihood);
        double[] responsibilities = more.Responsibilities(rows);
        Assert.All(Enumerable.Range(0, 272).Where(row => _texts[row] == "short"), row => Assert.Equal([0, 1, 0, 0], responsibilities[(4 * row)..(4 * row + 4)]));
        Assert.NotEqual(1, more.Responsibilities(_rows)[1]);
    }

    /// <summary>Every kind of start, also those that begin with fewer components than there are labels.</summary>
    [Theory]
    [InlineData("kmeans++")]
    [InlineData("random")]
    [InlineData("partition")]
    [InlineData("hierarchical")]
    [InlineData("emem")]
    [InlineData("split")]
    [InlineData("annealing")]
    [InlineData("labels")]
    public void EveryInitialiserHeedsTheLabels(string name)
    {
        RowSource rows = _rows.WithKnown(KnownComponents.Parse(_texts, out _));
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Initializers = [MixtureInitializer.Named(name)], Starts = 12 });
        GaussianMixtureFit best = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Starts = 60 });
        Assert.True(double.IsFinite(fit.LogLikelihood));
        Assert.True(fit.LogLikelihood > best.LogLikelihood - 12);
        Assert.True(fit.Components[0].Mean[0] > fit.Components[2].Mean[0] + 1);
    }

    /// <summary>Few labels of many columns: too few for a covariance of their own.</summary>
    [Fact]
    public void AFewLabelsAreEnough()
    {
        (double[] values, int[] truth) = new GaussianMixture(
            CovarianceStructure.Full, [.5, .3, .2],
            [.. Enumerable.Range(0, 3).Select(k => new Gaussian([.. Enumerable.Range(0, 6).Select(j => j % 3 == k ? 5.0 : 0.0)], [.. Enumerable.Range(0, 36).Select(cell => cell % 7 == 0 ? 1.0 : 0.0)]))]).Sample(600, 3);
        int[] labels = [.. Enumerable.Repeat(-1, 600)];
        labels[Array.IndexOf(truth, 0)] = 2;
        labels[Array.IndexOf(truth, 1)] = 0;
        labels[Array.LastIndexOf(truth, 2)] = 1;
        GaussianMixtureFit fit = GaussianMixture.Fit(RowSource.From(values, 6).WithKnown(KnownComponents.FromLabels(labels)), 3);
        int[] predicted = fit.Predict(RowSource.From(values, 6));
        Assert.True(Enumerable.Range(0, 600).Count(row => predicted[row] == (truth[row] + 2) % 3) > 590);
    }

    [Fact]
    public void TheBitsAreThoseOfOneThread()
    {
        (double[] values, _) = GaussianMixture.Fit(_rows, 2).Sample(20_000, 8);
        string?[] texts = [.. Enumerable.Range(0, 20_000).Select(row => (row % 13) switch { 0 => values[2 * row] > 3 ? "a" : "b", 5 => "a|b", 6 => "b|c", _ => null })];
        RowSource rows = RowSource.From(values, 2).WithKnown(KnownComponents.Parse(texts, out _));
        GaussianMixtureOptions options = new() { Threads = 1, Starts = 6, Noise = new NoiseOptions(), RaceRows = 5_000 };
        GaussianMixtureFit one = GaussianMixture.Fit(rows, 3, options);
        GaussianMixtureFit many = GaussianMixture.Fit(rows, 3, options with { Threads = 7 });
        Assert.Equal(one.Result.Trace, many.Result.Trace);
        GaussianMixtureFit[] ranks = ThreadCommunicator.Run(3, rank => GaussianMixture.Fit(rows, 3, options with { Communicator = rank }));
        Assert.All(ranks, rank => Assert.Equal(one.Weights.ToArray(), rank.Weights.ToArray()));
    }

    /// <summary>With missing cells, whose rows move: the likelihood is that of rows and labels, summed by hand.</summary>
    [Fact]
    public void LabelsFollowRowsWithMissingCells()
    {
        double[] holed = [.. _data.SelectMany((row, index) => new[] { index % 7 == 2 ? double.NaN : row[0], index % 5 == 1 ? double.NaN : row[1] })];
        RowSource rows = RowSource.From(holed, 2).WithKnown(KnownComponents.Parse([.. _texts.Select(text => text == "long|other" ? null : text)], out _));
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 2);
        double expected = 0;
        for (int row = 0; row < 272; row++)
        {
            int[] seen = [.. Enumerable.Range(0, 2).Where(column => !double.IsNaN(holed[2 * row + column]))];
            double[] cells = [.. seen.Select(column => holed[2 * row + column])];
            double[] joint = [.. Enumerable.Range(0, 2).Select(k => fit.Weights[k] * (seen.Length == 0 ? 1 : Math.Exp(fit.Components[k].Marginal(seen).LogDensity(cells))))];
            expected += seen.Length == 0 ? 0 : Math.Log(_texts[row] switch { "long" => joint[0], "short" => joint[1], _ => joint.Sum() });
        }
        Assert.Equal(expected, fit.LogLikelihood, 1e-7);
        Assert.True(fit.Components[0].Mean[0] > 4);
    }

    [Fact]
    public void CountsPoissonAndClassesTakeLabels()
    {
        RowSource counts = RowSource.From([0.0, 1, 2, 0, 1, 9, 11, 8, 12, 10, 1, 9], 1).WithKnown(KnownComponents.FromLabels(1, -1, -1, -1, 1, 0, -1, -1, -1, -1, -1, 0));
        MixtureFit<Poisson> fit = Mixture.Fit(new PoissonFamily(), counts, 2);
        Assert.True(fit.Components[0].Rate > 8 && fit.Components[1].Rate < 2);

        RowSource items = RowSource.From([.. Enumerable.Range(0, 400).SelectMany(row => Enumerable.Range(0, 4).Select(item => (double)((row * (item + 3) / 7 + (row % 2) * 3) % 4 < 2 + row % 2 ? 1 : 0)))], 4);
        int[] labels = [.. Enumerable.Range(0, 400).Select(row => row % 9 == 0 ? row % 2 : -1)];
        LatentClassFit classes = LatentClass.Fit(items.WithKnown(KnownComponents.FromLabels(labels)), 2);
        int[] predicted = classes.Fit.Predict(items.WithKnown(KnownComponents.FromLabels(labels)));
        Assert.All(Enumerable.Range(0, 400).Where(row => labels[row] >= 0), row => Assert.Equal(labels[row], predicted[row]));
    }

    [Fact]
    public void ModelsWithoutComponentsRefuseWhatIsKnown()
    {
        RowSource known = _rows.WithKnown(KnownComponents.FromLabels([.. _data.Select(row => row[0] > 3 ? 1 : 0)]));
        Assert.Contains("k-means", Assert.Throws<ArgumentException>(() => Latent.Clustering.KMeans.Fit(known, 2)).Message);
        Assert.Contains("normal distribution", Assert.Throws<ArgumentException>(() => Latent.Incomplete.MultivariateNormal.Fit(known)).Message);
        GaussianMixtureFit noisy = GaussianMixture.Fit(_rows, 2, new GaussianMixtureOptions { Noise = new NoiseOptions(), Starts = 2 });
        Assert.Contains("noise", Assert.Throws<ArgumentException>(() => new Latent.Incomplete.Imputer(noisy, _rows)).Message);
    }

    [Fact]
    public void StandardErrorsAreThoseOfRowsAndLabels()
    {
        int[] labels = [.. _data.Select(row => row[0] > 3 ? 1 : 0)];
        RowSource rows = _rows.WithKnown(KnownComponents.FromLabels(labels));
        ParameterEstimates errors = GaussianMixture.Fit(rows, 2).StandardErrors(rows);
        double share = labels.Average();
        ParameterEstimate weight = errors["weight[2]"];
        Assert.Equal(Math.Sqrt(share * (1 - share) / 272), weight.StandardError, 1e-6);
        Assert.Contains("labels", Assert.Throws<NotSupportedException>(() => GaussianMixture.Fit(rows, 2).Bootstrap(rows, new BootstrapOptions { Kind = BootstrapKind.Parametric })).Message);
    }
}
