using CustomModel;
using Latent.Data;
using Latent.Testing;
using Xunit.Sdk;

namespace Latent.Tests.Testing;

/// <summary>Every law can fail: a model broken in one way breaks the law that is about it.</summary>
public sealed class EmModelLawsTests
{
    private delegate double Expectation(PoissonPair parameters, RowChunk chunk, Span<double> statistic);

    private delegate PoissonPair Maximization(ReadOnlySpan<double> statistic, PoissonPair current);

    private static readonly PoissonPairModel _right = new();

    [Fact]
    public void AnEStepThatAssignsBreaksAdditivity()
    {
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => { statistic.Clear(); return _right.Expect(parameters, chunk, statistic); } };
        Breaks(subject.ExpectIsAdditive);
        Breaks(subject.EmptyChunkAddsNothing);
    }

    [Fact]
    public void AnEStepThatCountsChunksBreaksAdditivity()
    {
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => { statistic[0] += 1e-6; return _right.Expect(parameters, chunk, statistic); } };
        Breaks(subject.ExpectIsAdditive);
        Breaks(subject.ExpectIsTheSumOverSingleObservations);
        Breaks(subject.EmptyChunkAddsNothing);
    }

    [Fact]
    public void AMeanInsteadOfASumBreaksAdditivity()
    {
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => _right.Expect(parameters, chunk, statistic) / Math.Max(1, chunk.Rows) };
        Breaks(subject.ExpectIsAdditive);
    }

    [Fact]
    public void IgnoringWeightsBreaksTheLawsOfWeights()
    {
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => _right.Expect(parameters, new RowChunk(chunk.Values.ToArray(), 1), statistic) };
        Breaks(subject.WeightsAreCopies);
        Breaks(subject.WeightsScale);
        Obeys(subject.WeightOneIsNoWeight);
    }

    [Fact]
    public void ForgettingWeightsInTheObjectiveAloneIsFound()
    {
        Subject subject = new()
        {
            Expectation = (parameters, chunk, statistic) =>
            {
                _right.Expect(parameters, chunk, statistic);
                return _right.Expect(parameters, new RowChunk(chunk.Values.ToArray(), 1), new double[4]);
            },
        };
        Breaks(subject.WeightsAreCopies);
    }

    [Fact]
    public void ReadingSinglesAsNothingIsFound() =>
        Breaks(new Subject { Expectation = (parameters, chunk, statistic) => chunk.IsSingle ? 0 : _right.Expect(parameters, chunk, statistic) }.SinglesAreTheSameNumbers);

    [Fact]
    public void AForgottenRemainderIsFound()
    {
        // Rows past the last full group of eight are left out, once there is such a group.
        Subject subject = new()
        {
            Expectation = (parameters, chunk, statistic) => _right.Expect(
                parameters, chunk.Rows > 64 ? Cut(chunk, chunk.Rows & -8) : chunk, statistic),
        };
        Breaks(subject.EveryNumberOfRowsIsTheSumOfItsParts);
        Obeys(subject.WeightOneIsNoWeight);
    }

    [Fact]
    public void StateBetweenCallsIsFound()
    {
        double calls = 0;
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => { double sum = _right.Expect(parameters, chunk, statistic); statistic[0] += 1e-12 * ++calls; return sum; } };
        Breaks(subject.ExpectKeepsNoState);
    }

    [Fact]
    public void AWrongMStepBreaksAscent()
    {
        Subject subject = new() { Maximization = (statistic, current) => _right.Maximize(statistic, current) with { Share = statistic[1] / (statistic[0] + statistic[1]) } };
        Breaks(subject.ObjectiveNeverDecreases);
        Breaks(subject.MaximizeBeatsNeighbours);
        Breaks(subject.FixedPointsAreStationary);
    }

    [Fact]
    public void AnMStepThatStandsStillIsFound()
    {
        Subject subject = new() { Maximization = (_, current) => current };
        Breaks(subject.ObjectiveNeverDecreases);
        Breaks(subject.FixedPointsAreStationary);
        Breaks(subject.RecoversTheTruth);
    }

    [Fact]
    public void AnMStepThatOvershootsALittleIsFound()
    {
        Subject subject = new() { Maximization = (statistic, current) => _right.Maximize(statistic, current) with { First = 1.01 * statistic[2] / statistic[0] } };
        Breaks(subject.MaximizeBeatsNeighbours);
        Breaks(subject.FixedPointsAreStationary);
    }

    [Fact]
    public void AnEStepThatIsOneParameterOffBreaksFishersIdentity()
    {
        Subject subject = new()
        {
            Expectation = (parameters, chunk, statistic) =>
            {
                _right.Expect(parameters with { Share = parameters.Share * 0.99 }, chunk, statistic);
                return _right.Expect(parameters, chunk, new double[4]);
            },
        };
        Breaks(subject.FisherIdentity);
        Breaks(subject.FixedPointsAreStationary);
    }

    [Fact]
    public void TreatingComponentsDifferentlyBreaksRelabelling()
    {
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => { double sum = _right.Expect(parameters, chunk, statistic); statistic[2] *= 1.001; return sum; } };
        Breaks(subject.RelabellingChangesNothing);
    }

    [Fact]
    public void AnEStepThatDependsOnTheThreadIsFound()
    {
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => { double sum = _right.Expect(parameters, chunk, statistic); statistic[2] *= 1 + 1e-13 * (Environment.CurrentManagedThreadId % 1000); return sum; } };
        Breaks(subject.RanksGiveTheSameBits);
    }

    [Fact]
    public void AnEStepThatAllocatesIsFound()
    {
        Subject subject = new() { Expectation = (parameters, chunk, statistic) => { double[] copy = statistic.ToArray(); return _right.Expect(parameters, chunk, copy); } };
        Breaks(subject.ExpectAllocatesNothing);
    }

    [Fact]
    public void NaNOutAndNamelessErrorsAreFound()
    {
        Breaks(new Subject { Maximization = (_, _) => new PoissonPair(double.NaN, 1, 1), Expectation = (_, chunk, statistic) => { statistic[0] += chunk.Rows; return 0; } }.DegenerateDataEndInNumbersOrANamedError);
        Breaks(new Subject { Maximization = (_, _) => throw new IndexOutOfRangeException() }.DegenerateDataEndInNumbersOrANamedError);
        Breaks(new Subject { Maximization = (_, _) => throw new ArgumentException("bad") }.DegenerateDataEndInNumbersOrANamedError);
    }

    [Fact]
    public void CoordinatesThatLoseSomethingAreFound() => Breaks(new Subject { Clip = true }.CoordinatesRoundTrip);

    [Fact]
    public void ARightModelObeysThemAll()
    {
        Subject subject = new();
        Obeys(subject.ExpectIsAdditive);
        Obeys(subject.WeightsAreCopies);
        Obeys(subject.FisherIdentity);
        Obeys(subject.MaximizeBeatsNeighbours);
        Obeys(subject.RecoversTheTruth);
        Obeys(subject.DegenerateDataEndInNumbersOrANamedError);
    }

    [Theory]
    [InlineData("Coordinates", false)]
    [InlineData("Weigh", true)]
    [InlineData("DegenerateData", true)]
    [InlineData("Recovery", false)]
    public void ALawAboutAnAbilityIsATestOnlyOfWhoHasIt(string ability, bool has)
    {
        Assert.Equal(has, LawDiscoverer.Has(typeof(BareSubject), ability));
        Assert.True(ability is "Weigh" or "DegenerateData" || LawDiscoverer.Has(typeof(Subject), ability));
    }

    [Fact]
    public void AMisspeltAbilityIsAnError() => Assert.Throws<ArgumentException>(() => LawDiscoverer.Has(typeof(Subject), "Wiegh"));

    /// <summary>Every law names an ability that exists.</summary>
    [Fact]
    public void EveryLawsAbilityExists()
    {
        foreach (Type suite in (Type[])[typeof(EmModelLaws<,>), typeof(FamilyLaws<>)])
        {
            string?[] needs = [.. suite.GetMethods().SelectMany(method => method.GetCustomAttributes(typeof(LawAttribute), false)).Cast<LawAttribute>().Select(law => law.Needs)];
            Assert.Contains(needs, ability => ability is null);
            Assert.All(needs.OfType<string>(), ability => LawDiscoverer.Has(suite, ability));
        }
    }

    private static RowChunk Cut(RowChunk chunk, int rows) =>
        new(chunk.Values[..rows].ToArray(), 1, chunk.Weights.IsEmpty ? default : chunk.Weights[..rows].ToArray());

    private static void Obeys(Action law) => law();

    private static void Breaks(Action law)
    {
        Exception? found = Record.Exception(law);
        Assert.True(found is XunitException or MonotonicityException or NumericalException, $"Expected the law to be broken, found {found?.ToString() ?? "that it holds"}.");
    }

    private sealed class Model(Expectation expectation, Maximization maximization) : IEmModel<PoissonPair, RowChunk>
    {
        public int StatisticLength => 4;

        public double Expect(PoissonPair parameters, RowChunk chunk, Span<double> statistic) => expectation(parameters, chunk, statistic);

        public PoissonPair Maximize(ReadOnlySpan<double> statistic, PoissonPair current) => maximization(statistic, current);
    }

    private abstract class BareSubject : RowModelLaws<PoissonPair>
    {
        public Expectation Expectation { get; init; } = _right.Expect;

        public Maximization Maximization { get; init; } = _right.Maximize;

        protected override IEmModel<PoissonPair, RowChunk> Model => new Model(Expectation, Maximization);

        protected override int Columns => 1;

        protected override void DrawRow(Random random, Span<double> row) => row[0] = Simulate.Poisson(random, random.NextDouble() < 0.4 ? 1 : 5);

        protected override PoissonPair Parameters(Random random) => new(0.2 + 0.2 * random.NextDouble(), 0.5 + random.NextDouble(), 3 + 3 * random.NextDouble());

        protected override double[] Flatten(PoissonPair parameters) => [parameters.Share, parameters.First, parameters.Second];
    }

    private sealed class Subject : BareSubject
    {
        public bool Clip { get; init; }

        protected override RecoveryCase<PoissonPair, RowChunk> Recovery =>
            new(new PoissonPair(0.4, 1, 5), [Draw(new Random(Seed), 2000)], new PoissonPair(0.5, 3, 4), 3);

        protected override double[] Coordinates(PoissonPair parameters) =>
            [Math.Log(parameters.Share / (1 - parameters.Share)), Clip ? 0 : Math.Log(parameters.First), Math.Log(parameters.Second)];

        protected override PoissonPair FromCoordinates(double[] point) => new(1 / (1 + Math.Exp(-point[0])), Math.Exp(point[1]), Math.Exp(point[2]));

        protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, PoissonPair candidate, PoissonPair current) =>
            statistic[0] * (Math.Log(candidate.Share) - candidate.First) + statistic[2] * Math.Log(candidate.First)
            + statistic[1] * (Math.Log(1 - candidate.Share) - candidate.Second) + statistic[3] * Math.Log(candidate.Second);

        protected override int Components(PoissonPair parameters) => 2;

        protected override PoissonPair Relabel(PoissonPair parameters, int[] permutation) => new(1 - parameters.Share, parameters.Second, parameters.First);
    }
}
