using Latent.Data;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Engine.Inference;

public class StandardErrorsTests
{
    // Deaths of women over 80 per day in The Times, 1910-1912 [Hasselblad1969, table 1]. The maximum, and the inverse of the analytic Hessian there, were
    // computed in decimal arithmetic of 60 digits by Newton's method; the greatest eigenvalue of the EM map with R 4.2.2.
    private static readonly PoissonPair _maximum = new(.3598853969851003, 1.2560951012246255, 2.6634043566326744);

    private static readonly IDataSource<RowChunk> _deaths = new ChunkList<RowChunk>(
        new RowChunk(new double[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 1, new double[] { 162, 267, 271, 185, 111, 61, 27, 8, 3, 1 }));

    [Theory]
    [InlineData("scores", 1e-9, 1e-7)]
    [InlineData("expected score", 1e-9, 1e-7)]
    [InlineData("objective", 2e-8, 1e-5)]
    public void HasselbladsStandardErrors(string kind, double tolerance, double claimed)
    {
        ParameterEstimates found = StandardErrors.Of(Model(kind), _deaths, _maximum);
        Assert.Equal(.194684298688, found["share"].StandardError, tolerance);
        Assert.Equal(.350029711397, found["first"].StandardError, tolerance);
        Assert.Equal(.250478270309, found["second"].StandardError, tolerance);
        Assert.Equal(.065111202873, found.Covariance("share", "first"), tolerance);
        Assert.Equal(.046259574012, found.Covariance("share", "second"), tolerance);
        Assert.Equal(.076055481378, found.Covariance("first", "second"), tolerance);
        Assert.Equal(.995666223, found.LargestRate, 1e-8);
        Assert.InRange(found.ErrorEstimate, 1e-13, claimed);
        Assert.Contains(kind, found.Method);
        Assert.Empty(found.Undetermined);
        Assert.Empty(found.Notes);
    }

    [Theory]
    [InlineData(StandardErrorMethod.OuterProduct, .206, .370, .265)]
    [InlineData(StandardErrorMethod.Sandwich, .184, .332, .236)]
    public void HasselbladsOtherStandardErrors(StandardErrorMethod method, double share, double first, double second)
    {
        ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, _maximum, new() { Method = method });
        Assert.Equal(share, found["share"].StandardError, 5e-4);
        Assert.Equal(first, found["first"].StandardError, 5e-4);
        Assert.Equal(second, found["second"].StandardError, 5e-4);
    }

    [Fact]
    public void AMethodThatNeedsScoresSaysSo()
    {
        NotSupportedException failure = Assert.Throws<NotSupportedException>(
            () => StandardErrors.Of(new PoissonPairModel(), _deaths, _maximum, new() { Method = StandardErrorMethod.Sandwich }));
        Assert.Contains("score per observation", failure.Message);
    }

    [Fact]
    public void MissingInformationIsTheShareOfVariance()
    {
        // With the component of every death known, π has variance π(1−π)/n and μₖ has μₖ/(n·πₖ).
        ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, _maximum);
        double n = 1096;
        double[] complete = [.3598853969851003 * (1 - .3598853969851003) / n, 1.2560951012246255 / (n * .3598853969851003), 2.6634043566326744 / (n * (1 - .3598853969851003))];
        for (int i = 0; i < 3; i++)
        {
            ParameterEstimate parameter = found.Parameters[i];
            Assert.Equal(1 - complete[i] / (parameter.StandardError * parameter.StandardError), parameter.MissingInformation, 1e-6);
        }
    }

    [Fact]
    public void ThePriorIsPartOfTheInformation()
    {
        PriorPoissonPairModel scored = new(3, 1);
        EmResult<PoissonPair> fit = Em.Fit(scored, _deaths, _maximum, new() { Stopping = StoppingRule.RemainingGain(1e-12), MaxIterations = 100_000 });
        ParameterEstimates fromScores = StandardErrors.Of(scored, _deaths, fit.Parameters);
        ParameterEstimates fromObjective = StandardErrors.Of(new Bare(scored), _deaths, fit.Parameters);
        ParameterEstimates without = StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, _maximum);
        Assert.InRange(fromScores.RemainingGain, 0, 1e-9);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(1, fromObjective.Parameters[i].StandardError / fromScores.Parameters[i].StandardError, 1e-6);
            Assert.NotEqual(1, without.Parameters[i].StandardError / fromScores.Parameters[i].StandardError, 0.02);
        }
    }

    [Fact]
    public void AnEstimateThatIsNoMaximumIsToldFromOne()
    {
        PoissonPair early = Em.Fit(new ScoredPoissonPairModel(), _deaths, new PoissonPair(.3, 1, 2.5), new() { MaxIterations = 20, Stopping = StoppingRule.Never, Acceleration = Accelerator.None }).Parameters;
        ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, early);
        double gain = new Objective().At(_maximum) - new Objective().At(early);
        Assert.InRange(found.RemainingGain / gain, 0.5, 2);
        Assert.Contains("still to gain", Assert.Single(found.Notes));
    }

    [Fact]
    public void EqualComponentsAreNamedInsteadOfInvertingTheSingular()
    {
        // One Poisson distribution written as two: the share has no information at all.
        double mean = new[] { 0, 267, 542, 555, 444, 305, 162, 56, 24, 9 }.Sum() / 1096.0;
        ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, new PoissonPair(.4, mean, mean));
        Assert.Contains(found.Undetermined, direction => direction.Curvature == 0 && direction.Loadings[0].Name == "share");
        Assert.Equal("not determined by the data", found["share"].Note);
        Assert.True(double.IsNaN(found["share"].StandardError));

        // The data are overdispersed: moving the rates apart raises the likelihood, so that this is a saddle, and is said to be one.
        Assert.Contains(found.Undetermined, direction => direction.Curvature < 0 && direction.Loadings.Any(loading => loading.Name == "first") && direction.Loadings.Any(loading => loading.Name == "second"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void AnyNumberOfThreadsGivesTheSameBits(int threads)
    {
        RowChunk[] chunks = [.. Enumerable.Range(0, 10).Select(count => new RowChunk(new double[] { count }, 1, new double[] { 1096 / (count + 1.0) }))];
        ChunkList<RowChunk> data = new(chunks);
        PoissonPair estimate = Em.Fit(new ScoredPoissonPairModel(), data, new PoissonPair(.6, .7, 3.5), new() { MaxIterations = 100_000 }).Parameters;
        double[] one = Figures(1);
        Assert.All(one, value => Assert.True(double.IsFinite(value)));
        Close.SameBits(one, Figures(threads));

        double[] Figures(int count)
        {
            ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), data, estimate, new() { Threads = count });
            return [.. found.Parameters.SelectMany(parameter => new[] { parameter.StandardError, parameter.Lower, parameter.Upper })];
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyNumberOfProcessesGivesTheSameBits(int ranks)
    {
        RowChunk[] chunks = [.. Enumerable.Range(0, 10).Select(count => new RowChunk(new double[] { count }, 1, _deaths.GetChunk(0).Weights.ToArray().AsMemory(count, 1)))];
        ChunkList<RowChunk> data = new(chunks);
        double[] alone = Figures(null);
        Assert.All(alone, value => Assert.True(double.IsFinite(value)));
        Assert.All(ThreadCommunicator.Run(ranks, Figures), found => Close.SameBits(alone, found));

        double[] Figures(ICommunicator? communicator)
        {
            ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), data, _maximum, new() { Threads = 1, Communicator = communicator });
            return [.. found.Parameters.SelectMany(parameter => new[] { parameter.StandardError, parameter.MissingInformation })];
        }
    }

    [Fact]
    public void NoDataAndNoDensityAreErrorsWithANameNotNaN()
    {
        ChunkList<RowChunk> none = new();
        Assert.Contains("no observation", Assert.Throws<NumericalException>(() => StandardErrors.Of(new ScoredPoissonPairModel(), none, _maximum)).Message);
        ChunkList<RowChunk> broken = new(new RowChunk(new[] { 1.0, double.NaN, 2 }, 1));
        foreach (string kind in new[] { "scores", "expected score", "objective" })
        {
            Assert.Contains("finite", Assert.Throws<NumericalException>(() => StandardErrors.Of(Model(kind), broken, _maximum)).Message);
        }
    }

    [Fact]
    public void CancellingStopsBetweenChunks()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, _maximum, cancellation: cancelled.Token));
    }

    // Each of the three intervals misses in 5 % of 400 simulations; the share that it covers has a deviation of 1.1 %. The bounds are 4.5 deviations away: some
    // 1e-5 false alarms, and a standard error that is 20 % off lies beyond them.
    [Fact]
    public void IntervalsCoverTheTruthAsOftenAsTheySay()
    {
        PoissonPair truth = new(.4, 1.5, 6);
        double[] values = [truth.Share, truth.First, truth.Second];
        double[] covered = new double[3];
        for (int replicate = 0; replicate < 400; replicate++)
        {
            ChunkList<RowChunk> data = new(Draw(truth, 800, new RandomGenerator(77, (ulong)replicate)));
            PoissonPair estimate = Em.Fit(new ScoredPoissonPairModel(), data, truth, new() { Threads = 1 }).Parameters;
            ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), data, estimate, new() { Threads = 1, MissingInformation = false });
            for (int i = 0; i < 3; i++)
            {
                covered[i] += found.Parameters[i].Lower <= values[i] && values[i] <= found.Parameters[i].Upper ? 1 / 400.0 : 0;
            }
        }
        Assert.All(covered, share => Assert.InRange(share, 0.901, 0.999));
        Assert.InRange(covered.Average(), 0.92, 0.98);
    }

    [Fact]
    public void WeightsAreFrequencies()
    {
        double[] counts = [0, 1, 2, 3, 4, 5, 6];
        double[] days = [16, 27, 27, 18, 11, 6, 3];
        double[] repeated = [.. counts.SelectMany((count, index) => Enumerable.Repeat(count, (int)days[index]))];
        ChunkList<RowChunk> data = new(new RowChunk(counts, 1, days));
        PoissonPair estimate = Em.Fit(new ScoredPoissonPairModel(), data, new PoissonPair(.5, 1, 3), new() { MaxIterations = 100_000 }).Parameters;
        foreach (StandardErrorMethod method in Enum.GetValues<StandardErrorMethod>())
        {
            ParameterEstimates weighted = StandardErrors.Of(new ScoredPoissonPairModel(), data, estimate, new() { Method = method });
            ParameterEstimates listed = StandardErrors.Of(new ScoredPoissonPairModel(), new ChunkList<RowChunk>(new RowChunk(repeated, 1)), estimate, new() { Method = method });
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(1, weighted.Parameters[i].StandardError / listed.Parameters[i].StandardError, 1e-8);
            }
        }
    }

    [Fact]
    public void IntervalsAreSymmetricOnTheirScale()
    {
        const double z = 1.959963984540054;
        ParameterEstimates found = StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, _maximum);
        ParameterEstimate rate = found["first"];
        Assert.Equal(Math.Log(rate.Value) - z * rate.StandardError / rate.Value, Math.Log(rate.Lower), 1e-12);
        Assert.Equal(Math.Log(rate.Value) + z * rate.StandardError / rate.Value, Math.Log(rate.Upper), 1e-12);
        ParameterEstimate share = found["share"];
        double middle = (Logit(share.Lower) + Logit(share.Upper)) / 2;
        Assert.Equal(Logit(share.Value), middle, 1e-12);
        Assert.Equal(2 * z * share.StandardError / (share.Value * (1 - share.Value)), Logit(share.Upper) - Logit(share.Lower), 1e-12);
        ParameterEstimates narrow = StandardErrors.Of(new ScoredPoissonPairModel(), _deaths, _maximum, new() { Confidence = 0.5 });
        Assert.Equal(.6744897501960817 / z, Math.Log(narrow["first"].Upper / rate.Value) / Math.Log(rate.Upper / rate.Value), 1e-12);
        Assert.Contains("50% confidence", narrow.ToString());
    }

    /// <summary>Counts with their frequencies.</summary>
    private static RowChunk Draw(PoissonPair truth, int rows, RandomGenerator random)
    {
        double[] frequencies = new double[60];
        for (int row = 0; row < rows; row++)
        {
            // Arrivals of a Poisson process within one unit of time.
            double mean = random.NextDouble() < truth.Share ? truth.First : truth.Second;
            int count = -1;
            for (double time = 0; time <= 1; count++)
            {
                time -= Math.Log(1 - random.NextDouble()) / mean;
            }
            frequencies[count]++;
        }
        return new RowChunk(Enumerable.Range(0, 60).Select(count => (double)count).ToArray(), 1, frequencies);
    }

    private static double Logit(double p) => Math.Log(p / (1 - p));

    private static PoissonPairModel Model(string kind) => kind switch
    {
        "scores" => new ScoredPoissonPairModel(),
        "expected score" => new ExpectedPoissonPairModel(),
        _ => new PoissonPairModel(),
    };

    private sealed class Objective
    {
        public double At(PoissonPair parameters) => new PoissonPairModel().Expect(parameters, _deaths.GetChunk(0), new double[4]);
    }

    /// <summary>A model stripped of its scores.</summary>
    private sealed class Bare(PoissonPairModel inner) : PoissonPairModel
    {
        public override double LogPrior(PoissonPair parameters) => inner.LogPrior(parameters);
    }
}
