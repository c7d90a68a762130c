using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Markov;

/// <summary>Starts by the method of moments: exact from exact moments, near the truth from many steps, and refused by name where there are none.</summary>
public class SpectralTests
{
    private static readonly double[] _transition = [0.7, 0.2, 0.1, 0.15, 0.6, 0.25, 0.3, 0.1, 0.6];
    private static readonly double[][] _emissions = [[0.6, 0.2, 0.1, 0.05, 0.05], [0.1, 0.1, 0.6, 0.1, 0.1], [0.05, 0.15, 0.1, 0.2, 0.5]];

    [Fact]
    public void ExactMomentsHaveTheModelThatMadeThem()
    {
        (Matrix<double> emissions, Matrix<double> moves) = Exact().Solve(3, new RandomGenerator(1));
        double[] stationary = StationaryChain.Distribution(_transition, 3)!;
        for (int state = 0; state < 3; state++)
        {
            int place = Enumerable.Range(0, 3).MinBy(other => (emissions.Column(other) - Vector<double>.Build.Dense(_emissions[state])).L2Norm());
            Close.Equal(_emissions[state], emissions.Column(place).ToArray(), 1e-9, what: "emissions");
            Close.Equal(stationary[state], moves.Row(place).Sum(), 1e-9, "share");
            for (int to = 0; to < 3; to++)
            {
                int target = Enumerable.Range(0, 3).MinBy(other => (emissions.Column(other) - Vector<double>.Build.Dense(_emissions[to])).L2Norm());
                Close.Equal(stationary[state] * _transition[state * 3 + to], moves[place, target], 1e-9, "moves");
            }
        }
    }

    /// <summary>Moments of a sequence of five values with a gap, counted by hand, and those of a sequence of weight 2.</summary>
    [Fact]
    public void MomentsCountWhatFollowsWhat()
    {
        SequenceSource data = SequenceSource.From(RowSource.From([1, 3, 1, double.NaN, 3, 1, 1], 1).WithWeights(new double[] { 1, 1, 1, 1, 1, 2, 2 }), 5, 2);
        SpectralMoments found = SpectralMoments.Of(data, 2);
        Assert.Equal([1.0, 3], found.Values);
        // Pairs 1→3 and 3→1 of the first sequence and 1→1 of the second; one triple, 1 3 1.
        SpectralMoments expected = new([1, 3], Matrix<double>.Build.DenseOfRowMajor(2, 2, [2, 1, 1, 0]), [Matrix<double>.Build.Dense(2, 2), Matrix<double>.Build.DenseOfRowMajor(2, 2, [1, 0, 0, 0])]);
        Assert.Equal(expected.Pairs, found.Pairs);
        Assert.Equal(expected.Triples, found.Triples);
    }

    /// <summary>200,000 steps: without one iteration the start is within 0.002 nats per step of the truth, and a few later beyond it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ManyStepsStartNearTheTruth(bool categorical)
    {
        HiddenMarkov<Categorical> truth = new([1, 1, 1], _transition, [.. _emissions.Select(shares => new Categorical(shares))]);
        FittedHiddenMarkov<Categorical> model = new(new HiddenMarkovModel<Categorical>(new CategoricalFamily(5), 3, 1), truth, ["x1"]);
        SequenceSource data = MarkovData.Draw(model, 200_000);
        if (categorical)
        {
            HiddenMarkovOptions<Categorical> options = new() { Initializers = [new SpectralInitializer()], Starts = 1, RaceSteps = 1_000_000, MaxIterations = 0 };
            HiddenMarkovFit<Categorical> start = HiddenMarkovModel.Fit(new CategoricalFamily(5), data, 3, options);
            Assert.Equal("spectral", start.Result.Starts[0].Initializer);
            Assert.InRange(start.LogLikelihood - model.Score(data), -400, 0);
            HiddenMarkovFit<Categorical> fit = HiddenMarkovModel.Fit(new CategoricalFamily(5), data, 3, options with { MaxIterations = 20 });
            Assert.InRange(fit.LogLikelihood - model.Score(data), 0, 40);
        }
        else
        {
            // Counts whose distributions are no Poisson's: the start is still made, and the fit goes on from it.
            HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { Initializers = [new SpectralInitializer()], Starts = 1, RaceSteps = 1_000_000, MaxIterations = 2 });
            Assert.True(fit.Result.Trace[^1] > fit.Result.Trace[0]);
        }
    }

    [Fact]
    public void WhatHasNoMomentsIsRefusedByName()
    {
        Assert.Contains("3 different values", Assert.Throws<DegenerateStartException>(() => SpectralMoments.Of(SequenceSource.From(RowSource.From([0, 1, 0, 1], 1)), 3)).Message);
        Assert.Contains("one column", Assert.Throws<DegenerateStartException>(() => SpectralMoments.Of(SequenceSource.From(RowSource.From([0, 1, 0, 1], 2)), 2)).Message);
        Assert.Contains("three steps", Assert.Throws<DegenerateStartException>(() => SpectralMoments.Of(SequenceSource.From(RowSource.From([0, 1, 0, 1], 1), 2, 2), 2)).Message);
        Assert.Contains("64", Assert.Throws<DegenerateStartException>(() => SpectralMoments.Of(SequenceSource.From(RowSource.From([.. Enumerable.Range(0, 90).Select(value => value + 0.5)], 1)), 2)).Message);
        SpectralMoments flat = SpectralMoments.Of(SequenceSource.From(RowSource.From([.. Enumerable.Range(0, 60).Select(step => (double)(step % 2))], 1)), 2);
        Assert.Throws<DegenerateStartException>(() => new SpectralMoments([0, 1], flat.Pairs, [.. flat.Triples.Select(triple => 0 * triple)]).Solve(2, new RandomGenerator(1)));
        Assert.Contains("sequences", Assert.ThrowsAny<Exception>(() => GaussianMixture.Fit(RowSource.From([0, 1, 0, 1, 5], 1), 2, new() { Initializers = [new SpectralInitializer()] })).Message);
    }

    private static SpectralMoments Exact()
    {
        double[] stationary = StationaryChain.Distribution(_transition, 3)!;
        Matrix<double> emission = Matrix<double>.Build.DenseOfRows(_emissions).Transpose();
        Matrix<double> chain = Matrix<double>.Build.DenseOfRowMajor(3, 3, _transition);
        Matrix<double> joint = Matrix<double>.Build.DenseOfDiagonalArray(stationary) * chain;
        Matrix<double> pairs = emission * joint * emission.Transpose();
        Matrix<double>[] triples = [.. Enumerable.Range(0, 5).Select(value =>
            emission * joint * Matrix<double>.Build.DenseOfDiagonalVector(emission.Row(value)) * chain * emission.Transpose())];
        return new SpectralMoments([0, 1, 2, 3, 4], pairs, triples);
    }
}
