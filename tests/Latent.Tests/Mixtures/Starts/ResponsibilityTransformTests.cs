using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures.Starts;

public class ResponsibilityTransformTests
{
    private static readonly RowSource _rows = Rows();

    private static readonly Mixture<Gaussian> _start = new([0.2, 0.5, 0.3], [Unit(-1, 0), Unit(2, 1), Unit(0, 3)]);

    // One component is so far from every row that plain EM sees nothing of it, and annealed EM does.
    private static readonly Mixture<Gaussian> _far = new([0.2, 0.5, 0.3], [Unit(-1, 0), Unit(2, 1), Unit(0, 14)]);

    [Fact]
    public void AnInverseTemperatureOfOneIsSoftToTheBit()
    {
        double[] soft = Statistic(ResponsibilityTransform.Soft, out double objective);
        Assert.Equal(soft, Statistic(ResponsibilityTransform.Annealed(1), out double annealed));
        Assert.Equal(objective, annealed);
        Assert.NotEqual(soft, Statistic(ResponsibilityTransform.Annealed(0.5), out _));
    }

    /// <summary>Objective and counts against the definitions, by plain loops.</summary>
    [Theory]
    [InlineData(0.25)]
    [InlineData(3.0)]
    [InlineData(double.PositiveInfinity)]
    public void ObjectivesAndCountsAreThoseOfTheDefinition(double beta)
    {
        double objective = 0;
        double[] counts = new double[3];
        double[] row = new double[2];
        for (int i = 0; i < _rows.Rows; i++)
        {
            _rows.CopyRow(i, row);
            double[] joint = [.. Enumerable.Range(0, 3).Select(k => Math.Log(_far.Weights[k]) - Math.Log(2 * Math.PI)
                - 0.5 * (Math.Pow(row[0] - _far.Components[k].Mean[0], 2) + Math.Pow(row[1] - _far.Components[k].Mean[1], 2)))];
            if (double.IsInfinity(beta))
            {
                counts[Array.IndexOf(joint, joint.Max())] += _rows.Weight(i);
                objective += _rows.Weight(i) * joint.Max();
                continue;
            }
            double sum = joint.Sum(value => Math.Exp(beta * value));
            objective += _rows.Weight(i) * Math.Log(sum) / beta;
            for (int k = 0; k < 3; k++)
            {
                counts[k] += _rows.Weight(i) * Math.Exp(beta * joint[k]) / sum;
            }
        }
        double[] statistic = Statistic(double.IsInfinity(beta) ? ResponsibilityTransform.Hard : ResponsibilityTransform.Annealed(beta), out double found, _far);
        Assert.Equal(objective, found, 1e-9 * Math.Abs(objective));
        for (int k = 0; k < 3; k++)
        {
            Assert.Equal(counts[k], statistic[k], 1e-9 * _rows.Rows);
        }
    }

    /// <summary>Classification EM and annealed EM ascend in their own objectives, and hard EM ends with a partition that no step changes.</summary>
    [Fact]
    public void TheirOwnObjectivesNeverFall()
    {
        foreach (ResponsibilityTransform transform in (ResponsibilityTransform[])[ResponsibilityTransform.Hard, ResponsibilityTransform.Annealed(0.4), ResponsibilityTransform.Annealed(1.5)])
        {
            MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 3, 2, transform);
            EmResult<Mixture<Gaussian>> result = Em.Fit(model, _rows, _start, new EmOptions { Acceleration = Accelerator.None, MaxIterations = 100, Stopping = StoppingRule.Never });
            Assert.True(result.Trace[^1] > result.Trace[0] + 1);
            for (int i = 1; i < result.Trace.Count; i++)
            {
                Assert.True(result.Trace[i] >= result.Trace[i - 1] - 1e-10 * Math.Abs(result.Trace[i]), $"Iteration {i} of {transform}: {result.Trace[i - 1]:R} to {result.Trace[i]:R}.");
            }
            if (transform == ResponsibilityTransform.Hard)
            {
                Assert.Equal(result.Trace[^2], result.Trace[^1], 1e-11 * Math.Abs(result.Trace[^1]));
            }
        }
    }

    [Fact]
    public void RowsThatNoComponentReachesHaveNoResponsibility()
    {
        double[] joint = new double[2 * 64];
        double[] shares = new double[8];
        joint.AsSpan().Fill(double.NegativeInfinity);
        joint[1] = -3;
        Assert.Equal(double.NegativeInfinity, ResponsibilityTransform.Hard.Apply(joint, 64, 2, [1, 1, 1, 1, 1, 1, 1, 1], shares));
        Assert.Equal([0, 1, 0], [joint[0], joint[1], joint[64]]);
        joint[64] = double.NaN;
        Assert.True(double.IsNaN(ResponsibilityTransform.Hard.Apply(joint, 64, 2, [1, 0, 0, 0, 0, 0, 0, 0], shares)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void AnInverseTemperatureIsPositiveAndFinite(double beta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ResponsibilityTransform.Annealed(beta));

    private static double[] Statistic(ResponsibilityTransform transform, out double objective, Mixture<Gaussian>? mixture = null)
    {
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 3, 2, transform);
        double[] statistic = new double[model.StatisticLength];
        objective = model.Expect(mixture ?? _start, _rows.GetChunk(0), statistic);
        return statistic;
    }

    private static Gaussian Unit(params double[] mean) => new(mean, Covariance.FromVariances([1, 1]));

    private static RowSource Rows()
    {
        Random random = new(5);
        double[] values = new double[2 * 203];
        for (int row = 0; row < 203; row++)
        {
            int component = random.Next(3);
            values[2 * row] = 2.5 * component + Simulate.Normal(random);
            values[2 * row + 1] = 3 * (component % 2) + Simulate.Normal(random);
        }
        return RowSource.From(values, 2).WithWeights(Enumerable.Range(0, 203).Select(row => row % 7 == 0 ? 0.0 : 1 + row % 3).ToArray());
    }
}
