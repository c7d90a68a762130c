using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Markov;

namespace Latent.Tests.Mixtures;

/// <summary>A mixture of two diagonal Gaussians in the plane as one component.</summary>
public sealed class MixtureFamilyLaws : FamilyLaws<Mixture<DiagonalGaussian>>
{
    protected override IFamily<Mixture<DiagonalGaussian>, RowTile> Family { get; } = new MixtureFamily<DiagonalGaussian>(new DiagonalGaussianFamily(2), 2);

    protected override int Columns => 2;

    protected override Mixture<DiagonalGaussian> Component(Random random) => new(
        Simulate.Probabilities(random, 2),
        [.. Enumerable.Range(0, 2).Select(part => new DiagonalGaussian([3 * part + Simulate.Normal(random), Simulate.Normal(random)], [0.5 + random.NextDouble(), 0.5 + random.NextDouble()]))]);

    protected override void DrawRow(Random random, Mixture<DiagonalGaussian> component, Span<double> row)
    {
        DiagonalGaussian part = component.Components[Simulate.Index(random, component.Weights.AsSpan())];
        for (int column = 0; column < 2; column++)
        {
            row[column] = part.Mean[column] + Math.Sqrt(part.Variances[column]) * Simulate.Normal(random);
        }
    }

    protected override double[] Flatten(Mixture<DiagonalGaussian> component) =>
        [.. component.Weights, .. component.Components.SelectMany(part => (double[])[.. part.Mean, .. part.Variances])];

    protected override double ReferenceLogDensity(Mixture<DiagonalGaussian> component, double[] row) =>
        Math.Log(component.Weights.Zip(component.Components, (weight, part) => weight * Math.Exp(part.LogDensity(row))).Sum());
}

/// <summary>States whose emission is a mixture.</summary>
public class MixtureEmissionTests
{
    /// <summary>Two states of two bumps each: a model of one bump a state cannot have its likelihood.</summary>
    [Fact]
    public void StatesOfSeveralBumpsAreFound()
    {
        MixtureFamily<DiagonalGaussian> family = new(new DiagonalGaussianFamily(1, CovarianceFloorOf(0.01)), 2);
        HiddenMarkov<Mixture<DiagonalGaussian>> truth = new(
            [0.5, 0.5], [0.95, 0.05, 0.05, 0.95],
            [
                new Mixture<DiagonalGaussian>([0.5, 0.5], [new DiagonalGaussian([-4], [1]), new DiagonalGaussian([4], [1])]),
                new Mixture<DiagonalGaussian>([0.3, 0.7], [new DiagonalGaussian([0], [0.5]), new DiagonalGaussian([9], [1])]),
            ]);
        FittedHiddenMarkov<Mixture<DiagonalGaussian>> model = new(new HiddenMarkovModel<Mixture<DiagonalGaussian>>(family, 2, 1), truth, ["x"]);
        SequenceSource data = MarkovData.Draw(model, 300, 300);

        HiddenMarkovFit<Mixture<DiagonalGaussian>> fit = HiddenMarkovModel.Fit(family, data, 2);

        Assert.Equal(1 + 2 + 2 * 5, fit.FreeParameters);
        Assert.InRange(2 * (fit.LogLikelihood - model.Score(data)), -1e-3, MathNet.Numerics.Distributions.ChiSquared.InvCDF(13, 1 - 1e-6));
        double agreed = fit.Model.Decode(data).Zip(model.Decode(data), (one, other) => one == other ? 1.0 : 0).Average();
        Assert.True(Math.Max(agreed, 1 - agreed) > 0.97, $"Expected the states of the truth, found {agreed:P1} of the steps alike.");
    }

    [Fact]
    public void PartsThatShareAMapOfTheRowsAreRefused() =>
        Assert.Contains("map of the rows", Assert.Throws<ArgumentException>(() => new MixtureFamily<TiedGaussian>(new TiedGaussianFamily(2), 2)).Message);

    private static CovarianceFloor CovarianceFloorOf(double epsilon) =>
        CovarianceFloor.RelativeTo(new ColumnSummary(["x"], 1, 1, [0], [1], [0]), epsilon);
}
