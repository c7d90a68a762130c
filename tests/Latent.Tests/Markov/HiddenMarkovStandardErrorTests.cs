using System.Diagnostics.CodeAnalysis;
using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Standard errors of hidden Markov models, against other programs and against second differences of the likelihood.</summary>
public class HiddenMarkovStandardErrorTests
{
    private static readonly double[] _earthquakes =
    [
        13, 14, 8, 10, 16, 26, 32, 27, 18, 32, 36, 24, 22, 23, 22, 18, 25, 21, 21, 14, 8, 11, 14, 23, 18, 17, 19, 20, 22, 19, 13, 26, 13, 14, 22, 24, 21, 22, 26, 21, 23, 24, 27, 41, 31, 27,
        35, 26, 28, 36, 39, 21, 17, 22, 17, 19, 15, 34, 10, 15, 22, 18, 15, 20, 15, 22, 19, 16, 30, 27, 29, 23, 20, 16, 21, 21, 25, 16, 18, 15, 18, 14, 10, 15, 8, 15, 6, 11, 8, 7, 18, 16, 13,
        12, 13, 20, 15, 16, 12, 18, 15, 16, 13, 15, 16, 11, 11,
    ];

    /// <summary>
    /// mpmath, 40 digits: the inverse of the Hessian of the plain forward recursion by differences of 10⁻¹⁰ in (a₁₂, a₂₁, λ₁, λ₂), with δ = (1, 0), which is the maximum, and with δ
    /// stationary, at −341.87870101172 and −342.318266788059. R's numDeriv 2016.8 agrees to 3·10⁻⁵.
    /// </summary>
    [Theory]
    [InlineData(false, 0.0376234254507, 0.0636093854582, 0.717184044767, 1.38245563412)]
    [InlineData(true, 0.035422292246, 0.0637730543184, 0.702560863283, 1.36011996254)]
    public void EarthquakesHaveThoseOfTheHessian(bool stationary, double up, double down, double low, double high)
    {
        SequenceSource data = SequenceSource.From(RowSource.From(_earthquakes));
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(
            new PoissonFamily(), data, 2, new() { Structure = ChainStructure.Free with { Stationary = stationary }, Stopping = StoppingRule.RemainingGain(1e-12) });
        ParameterEstimates found = fit.Model.StandardErrors(data);

        Close.Equal([low, high, up, up, down, down], Errors(found, "rate[1, x1]", "rate[2, x1]", "transition[1, 2]", "transition[1, 1]", "transition[2, 1]", "transition[2, 2]"), 3e-7, what: "standard errors");
        Assert.Equal(stationary ? null : "fixed: it has no coordinate, as on a boundary", found["initial[2]"].Note);
        Assert.True(!stationary || Math.Abs(found["initial[1]"].StandardError - 0.1464214) < 1e-5, "Expected the delta method for the stationary distribution.");
        Assert.Empty(found.Undetermined);
        Assert.True(found.RemainingGain < 1e-6);
        Assert.InRange(found.LargestRate, 0.1, 1);
    }

    public static TheoryData<string> Emissions => ["diagonal", "incomplete", "tied", "product", "left-right", "stationary"];

    /// <summary>Information from scores against second differences of the objective, over some sequences and over one.</summary>
    [Theory]
    [MemberData(nameof(Emissions))]
    public void ScoresGiveTheInformationOfTheLikelihood(string emission)
    {
        int[] lengths = emission is "product" or "left-right" ? [.. Enumerable.Repeat(25, 24)] : [400];
        RowSource rows = Draw(emission, lengths);
        SequenceSource data = SequenceSource.From(rows, lengths);
        ChainStructure structure = emission == "left-right" ? ChainStructure.LeftRight() : ChainStructure.Free with { Stationary = emission == "stationary" };
        switch (emission)
        {
            case "incomplete":
                Check(HiddenMarkovModel.FitGaussian(data, 2, Options(CovarianceStructure.VEE, structure)).Model, data);
                break;
            case "tied":
                Check(HiddenMarkovModel.FitGaussian(data, 2, Options(CovarianceStructure.Tied, structure)).Model, data);
                break;
            case "product":
                ProductFamily family = ProductFamily.Of(new NormalFamily(1e-8), 2);
                Check(HiddenMarkovModel.Fit(family, data, 2, new() { Stopping = StoppingRule.RemainingGain(1e-11) }).Model, data);
                break;
            default:
                Check(HiddenMarkovModel.FitGaussian(data, 2, Options(CovarianceStructure.Diagonal, structure)).Model, data);
                break;
        }
    }

    /// <summary>Far more sequences than parameters of a model that is right: the sandwich is near the information, whose error it shares, and refused for one sequence.</summary>
    [Fact]
    public void TheSandwichComparesSequences()
    {
        int[] lengths = [.. Enumerable.Repeat(12, 400)];
        SequenceSource data = SequenceSource.From(Draw("diagonal", lengths), lengths);
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 2, Options(CovarianceStructure.Diagonal, ChainStructure.Free));
        ParameterEstimates information = fit.Model.StandardErrors(data);
        ParameterEstimates sandwich = fit.Model.StandardErrors(data, new() { Method = StandardErrorMethod.Sandwich });
        ParameterEstimates outer = fit.Model.StandardErrors(data, new() { Method = StandardErrorMethod.OuterProduct });
        for (int i = 0; i < information.Parameters.Count; i++)
        {
            // The standard deviation of a ratio of two variances from 400 sequences is about 7 %.
            Assert.InRange(sandwich.Parameters[i].StandardError / information.Parameters[i].StandardError, 0.75, 1.33);
            Assert.InRange(outer.Parameters[i].StandardError / information.Parameters[i].StandardError, 0.75, 1.33);
        }
        SequenceSource one = SequenceSource.From(Draw("diagonal", [200]));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => fit.Model.StandardErrors(one, new() { Method = StandardErrorMethod.Sandwich }));
        Assert.Contains("more sequences than the 11 free parameters", refused.Message);
    }

    [Fact]
    public void TheSameBitsForAnyNumberOfThreads()
    {
        int[] lengths = [.. Enumerable.Range(0, 60).Select(index => 100 + index)];
        SequenceSource data = SequenceSource.From(Draw("diagonal", lengths), lengths);
        FittedHiddenMarkov model = HiddenMarkovModel.FitGaussian(data, 2, new() { Covariance = CovarianceStructure.Diagonal, Starts = 2 }).Model;
        double[] Find(int threads) => [.. model.StandardErrors(data, new() { Threads = threads }).Parameters.Select(found => found.StandardError)];
        Close.SameBits(Find(1), Find(3));
        double[] Refit(int threads) => [.. model.Bootstrap(data, new() { Kind = BootstrapKind.Parametric, Replicates = 4, Threads = threads }).Estimates.Parameters.Select(found => found.StandardError)];
        Close.SameBits(Refit(1), Refit(3));
    }

    /// <summary>200 replicates: a standard error is known to 5 %; the bound is five of these and the difference of the two methods.</summary>
    [Fact]
    public void ReplicatesOfTheModelSpreadAsTheInformationSays()
    {
        int[] lengths = [.. Enumerable.Repeat(40, 20)];
        SequenceSource data = SequenceSource.From(Draw("incomplete", lengths), lengths);
        FittedHiddenMarkov model = HiddenMarkovModel.FitGaussian(data, 2, Options(CovarianceStructure.Spherical, ChainStructure.Free)).Model;
        ParameterEstimates information = model.StandardErrors(data);
        BootstrapResult replicates = model.Bootstrap(data, new() { Kind = BootstrapKind.Parametric, Replicates = 200, Seed = 3 });
        Assert.StartsWith("parametric bootstrap, 200 replicates", replicates.Estimates.Method, StringComparison.Ordinal);
        foreach (ParameterEstimate found in information.Parameters)
        {
            Assert.InRange(replicates.Estimates[found.Name].StandardError / found.StandardError, 0.7, 1.4);
        }
        Assert.Throws<NotSupportedException>(() => model.Bootstrap(data, new() { Kind = BootstrapKind.Nonparametric }));
    }

    /// <summary>A state that has gone from the data: what it says is not determined, and the others keep their errors.</summary>
    [Fact]
    public void AProbabilityThatHasGoneToZeroIsOnTheEdge()
    {
        SequenceSource data = SequenceSource.From(RowSource.From([.. Enumerable.Range(0, 90).Select(step => (double)(step / 30 * 20 + step * 7 % 5))]));
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3);
        ParameterEstimates found = fit.Model.StandardErrors(data);
        int[] order = [.. Enumerable.Range(0, 3).OrderBy(state => fit.Model.Emissions[state].Rate)];
        string Move(int from, int to) => $"transition[{order[from] + 1}, {order[to] + 1}]";
        Assert.Equal(0, found[Move(1, 0)].Value);
        Assert.NotNull(found[Move(1, 0)].Note);
        Assert.Equal(1 / 30.0, found[Move(0, 1)].Value, 1e-3);
        Assert.Equal(Math.Sqrt(1 / 30.0 * (29 / 30.0) / 30), found[Move(0, 1)].StandardError, 1e-3);
        Assert.Equal(Math.Sqrt(fit.Model.Emissions[order[1]].Rate / 30), found[$"rate[{order[1] + 1}, x1]"].StandardError, 1e-2);
    }

    private static GaussianHiddenMarkovOptions Options(CovarianceStructure covariance, ChainStructure structure) =>
        new() { Covariance = covariance, Structure = structure, Starts = 6, Stopping = StoppingRule.RemainingGain(1e-11) };

    private static double[] Errors(ParameterEstimates estimates, params string[] names) => [.. names.Select(name => estimates[name].StandardError)];

    private static RowSource Draw(string emission, int[] lengths)
    {
        double[] transition = emission == "left-right" ? [0.9, 0.1, 0, 1] : [0.8, 0.2, 0.3, 0.7];
        double[] initial = emission == "left-right" ? [1, 0] : [0.6, 0.4];
        HiddenMarkov<Gaussian> parameters = new(
            initial, transition, [new Gaussian([-1.5, 0], Covariance.FromMatrix([1.2, 0.3, 0.3, 0.8], 2)), new Gaussian([1.5, 1], Covariance.FromMatrix([1.8, 0.45, 0.45, 1.2], 2))]);
        double[] values = GaussianEmissions.Of(CovarianceStructure.Full).Build(parameters, ["x1", "x2"]).Sample(lengths, 21).Values;
        Random random = new(4);
        return RowSource.From([.. values.Select(value => emission is "incomplete" or "product" && random.NextDouble() < 0.1 ? double.NaN : value)], 2);
    }

    private static void Check(FittedHiddenMarkov model, SequenceSource data)
    {
        ParameterEstimates expected = model switch
        {
            FittedHiddenMarkov<DiagonalGaussian> own => Differences(own, data),
            FittedHiddenMarkov<TiedGaussian> own => Differences(own, data),
            FittedHiddenMarkov<Gaussian> own => Differences(own, data),
            FittedHiddenMarkov<Product> own => Differences(own, data),
            _ => throw new InvalidOperationException($"{model.GetType()}"),
        };
        ParameterEstimates found = model.StandardErrors(data);
        Assert.Contains("second differences", expected.Method, StringComparison.Ordinal);
        Assert.Contains("from scores", found.Method, StringComparison.Ordinal);
        Assert.Equal(expected.Parameters.Select(each => each.Name), found.Parameters.Select(each => each.Name));
        Assert.True(found.Parameters.Any(each => each.StandardError > 0), $"{found}\n{expected}");
        for (int i = 0; i < found.Parameters.Count; i++)
        {
            if (found.Parameters[i].Note is null)
            {
                Assert.Equal(1, found.Parameters[i].StandardError / expected.Parameters[i].StandardError, 1e-4);
            }
            else
            {
                Assert.True(found.Parameters[i].Value is 0 or 1, $"{found.Parameters[i]}");
            }
        }
    }

    private static ParameterEstimates Differences<T>(FittedHiddenMarkov<T> model, SequenceSource data)
    {
        // The parameters as the standard errors take them: what has gone to zero is zero.
        double[] initial = [.. model.Initial.Select(value => value < 1e-3 ? 0 : value)];
        HiddenMarkov<T> parameters = new(initial, model.Transition.AsSpan(), model.Emissions.AsSpan());
        return StandardErrors.Of(new WithoutScores<T>(model.Model), data, parameters, new() { MissingInformation = false });
    }

    private sealed class WithoutScores<T>(HiddenMarkovModel<T> model) :
        IEmModel<HiddenMarkov<T>, SequenceChunk>, ICoordinates<HiddenMarkov<T>>, INaturalParameters<HiddenMarkov<T>>
    {
        public int StatisticLength => model.StatisticLength;

        public double Expect(HiddenMarkov<T> parameters, SequenceChunk chunk, Span<double> statistic) => model.Expect(parameters, chunk, statistic);

        public HiddenMarkov<T> Maximize(ReadOnlySpan<double> statistic, HiddenMarkov<T> current) => model.Maximize(statistic, current);

        public int CoordinateCount(HiddenMarkov<T> parameters) => model.CoordinateCount(parameters);

        public void WriteCoordinates(HiddenMarkov<T> parameters, Span<double> point) => model.WriteCoordinates(parameters, point);

        public bool TryReadCoordinates(ReadOnlySpan<double> point, HiddenMarkov<T> like, [MaybeNullWhen(false)] out HiddenMarkov<T> parameters) =>
            model.TryReadCoordinates(point, like, out parameters);

        public IReadOnlyList<NaturalParameter> NaturalParameters(HiddenMarkov<T> parameters) => model.NaturalParameters(parameters);

        public void WriteNaturalParameters(HiddenMarkov<T> parameters, Span<double> values) => model.WriteNaturalParameters(parameters, values);
    }
}
