using MathNet.Numerics.Distributions;
using Xunit;
using Xunit.Sdk;

namespace Latent.Testing;

public abstract partial class EmModelLaws<TParameters, TChunk>
{
    /// <summary>θ as a point of ℝⁿ without constraints. Override it together with <see cref="FromCoordinates"/>.</summary>
    protected virtual double[] Coordinates(TParameters parameters) => throw new NotSupportedException("This model has no coordinates.");

    /// <summary>The parameters at a point: the inverse of <see cref="Coordinates"/>.</summary>
    protected virtual TParameters FromCoordinates(double[] point) => throw new NotSupportedException("This model has no coordinates.");

    /// <summary>
    /// Q(candidate; current): the expected complete-data log-likelihood of <paramref name="candidate"/>, without log-prior, up to a
    /// constant that may depend on <paramref name="current"/>, from the statistic collected under <paramref name="current"/>.
    /// </summary>
    protected virtual double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, TParameters candidate, TParameters current) =>
        throw new NotSupportedException("This model does not state its expected complete-data log-likelihood.");

    /// <summary>Simulated data with a known answer.</summary>
    protected virtual RecoveryCase<TParameters, TChunk> Recovery => throw new NotSupportedException("This model has no simulator.");

    /// <summary>Log-likelihood plus log-prior never decreases, from any start; and EM does move.</summary>
    [Law]
    public void ObjectiveNeverDecreases()
    {
        for (int start = 0; start < 5; start++)
        {
            Random random = new(Seed + 20 + start);
            TChunk data = Draw(random, 3 * Observations);
            TParameters parameters = Parameters(random);
            double first = Objective(parameters, data);
            double previous = first;
            for (int iteration = 1; iteration <= 25; iteration++)
            {
                parameters = Step(parameters, data);
                double objective = Objective(parameters, data);
                if (!(objective >= previous - SumTolerance * (1 + Math.Abs(previous))))
                {
                    throw new XunitException($"Expected iteration {iteration} from start {start} not to lower the objective {previous:R}, found {objective:R}.");
                }
                previous = objective;
            }
            Assert.True(previous > first, $"Expected 25 iterations from start {start} to gain something, found {first:R} before and {previous:R} after.");
        }
    }

    /// <summary>Coordinates lose nothing: θ → ℝⁿ → θ.</summary>
    [Law(Needs = nameof(Coordinates))]
    public void CoordinatesRoundTrip()
    {
        Random random = new(Seed + 30);
        for (int trial = 0; trial < 10; trial++)
        {
            TParameters parameters = Parameters(random);
            double[] point = Coordinates(parameters);
            double[] expected = Flatten(parameters);
            Close.Equal(expected, Flatten(FromCoordinates(point)), 1e-11, what: "parameters");
            double[] moved = [.. point.Select(value => value + 0.1)];
            Close.Equal(moved, Coordinates(FromCoordinates(moved)), 1e-11, what: "coordinates");
        }
    }

    /// <summary>The model's own coordinates, when it has that ability.</summary>
    protected virtual ICoordinates<TParameters> OwnCoordinates => throw new NotSupportedException("This model has no coordinates of its own.");

    /// <summary>The model's own coordinates lose nothing: Read(Write(θ)) = θ, and a point moved is read where it was moved to.</summary>
    [Law(Needs = nameof(OwnCoordinates))]
    public void OwnCoordinatesRoundTrip()
    {
        Random random = new(Seed + 34);
        ICoordinates<TParameters> coordinates = OwnCoordinates;
        for (int trial = 0; trial < 10; trial++)
        {
            TParameters parameters = Parameters(random);
            double[] point = new double[coordinates.CoordinateCount(parameters)];
            coordinates.WriteCoordinates(parameters, point);
            Assert.True(coordinates.TryReadCoordinates(point, parameters, out TParameters? read));
            Close.Equal(Flatten(parameters), Flatten(read), 1e-11, what: "parameters");

            double[] moved = [.. point.Select(value => value + 0.02 * Simulate.Normal(random))];
            double[] again = new double[point.Length];
            Assert.True(coordinates.TryReadCoordinates(moved, parameters, out TParameters? there));
            coordinates.WriteCoordinates(there, again);
            Close.Equal(moved, again, 1e-9, what: "coordinates");
            Assert.NotEqual(Flatten(parameters), Flatten(there));
        }
    }

    /// <summary>The model's own gradient, when it has that ability.</summary>
    protected virtual ICoordinateScore<TParameters> OwnScore => throw new NotSupportedException("This model has no gradient of its own.");

    /// <summary>The model's own gradient is that of its objective, by differences along its own coordinates.</summary>
    [Law(Needs = nameof(OwnScore))]
    public void OwnScoreIsTheGradient()
    {
        Random random = new(Seed + 35);
        ICoordinateScore<TParameters> score = OwnScore;
        Assert.True(score.HasCoordinateScore);
        for (int trial = 0; trial < 3; trial++)
        {
            TChunk data = Draw(random, Observations);
            TParameters current = Parameters(random);
            double[] point = new double[score.CoordinateCount(current)];
            score.WriteCoordinates(current, point);
            double At(double[] at) => score.TryReadCoordinates(at, current, out TParameters? there) ? Objective(there, data) : double.NaN;
            double[] expected = NumericalGradient.Of(At, point);
            double[] found = new double[point.Length];
            Assert.True(score.TryWriteCoordinateScore(Expect(current, data).Statistic, current, found));
            double size = expected.Max(Math.Abs);
            Assert.True(size > 1e-3, "Expected a start away from the optimum.");
            Close.Equal(expected, found, 1e-6, Enumerable.Repeat(Math.Max(1, size), point.Length).ToArray(), "gradient in coordinates");
        }
    }

    /// <summary>Close to its end, EM walks uphill: the objective's derivative along M(θ) − θ is positive. Where EM stands still, the gradient is zero.</summary>
    [Law(Needs = nameof(Coordinates))]
    public void FixedPointsAreStationary()
    {
        Random random = new(Seed + 31);
        TChunk data = Draw(random, 3 * Observations);
        TParameters parameters = Parameters(random);
        double At(double[] point) => Objective(FromCoordinates(point), data);
        for (int iteration = 0; iteration < 20; iteration++)
        {
            parameters = Step(parameters, data);
        }
        double[] point = Coordinates(parameters);
        double[] image = Coordinates(Step(parameters, data));
        double slope = NumericalGradient.Of(At, point).Zip(image.Zip(point, (to, from) => to - from), (derivative, move) => derivative * move).Sum();
        Assert.True(slope > 0 || Converged(point, image), $"Expected the objective to rise along the EM step, found the slope {slope:R}.");

        for (int iteration = 0; iteration < 20_000 && !Converged(point, image); iteration++)
        {
            parameters = FromCoordinates(image);
            point = image;
            image = Coordinates(Step(parameters, data));
        }
        foreach (double derivative in NumericalGradient.Of(At, point))
        {
            Close.Equal(0, derivative, 1e-4 * Math.Max(1, Math.Sqrt(3 * Observations)), "derivative at the fixed point");
        }
    }

    /// <summary>
    /// Fisher's identity: the gradient of the observed log-likelihood at θ is the gradient of Q(·; θ) there
    /// [Dempster1977, eq. 3.13]. It proves an E-step without any reference.
    /// </summary>
    [Law(Needs = nameof(ExpectedLogLikelihood))]
    public void FisherIdentity()
    {
        Random random = new(Seed + 32);
        for (int trial = 0; trial < 3; trial++)
        {
            TChunk data = Draw(random, Observations);
            TParameters current = Parameters(random);
            double[] statistic = Expect(current, data).Statistic;
            double[] point = Coordinates(current);

            double[] observed = NumericalGradient.Of(at => Expect(FromCoordinates(at), data).LogLikelihood, point);
            double[] expected = NumericalGradient.Of(at => ExpectedLogLikelihood(statistic, FromCoordinates(at), current), point);

            double size = observed.Max(Math.Abs);
            Assert.True(size > 1e-3, "Expected a start away from the optimum.");
            Close.Equal(observed, expected, 1e-6, Enumerable.Repeat(Math.Max(1, size), point.Length).ToArray(), "gradient of Q");
        }
    }

    /// <summary>The M-step maximises Q + log-prior: no neighbour of M(θ) is better, near or far.</summary>
    [Law(Needs = nameof(ExpectedLogLikelihood))]
    public void MaximizeBeatsNeighbours()
    {
        Random random = new(Seed + 33);
        TChunk data = Draw(random, Observations);
        TParameters current = Parameters(random);
        double[] statistic = Expect(current, data).Statistic;
        TParameters best = Model.Maximize(statistic, current);
        double Q(TParameters candidate) => ExpectedLogLikelihood(statistic, candidate, current) + Model.LogPrior(candidate);
        double most = Q(best);
        double[] point = Coordinates(best);
        for (int trial = 0; trial < 400; trial++)
        {
            double scale = Math.Pow(10, -3 * random.NextDouble());
            TParameters neighbour = FromCoordinates([.. point.Select(value => value + scale * Simulate.Normal(random))]);
            double found = Q(neighbour);
            Assert.True(!(found > most + 1e-10 * (1 + Math.Abs(most))), $"Expected Q ≤ {most:R} at a distance of {scale:G3} from M(θ), found {found:R}.");
        }
        Assert.True(Q(current) < most, "Expected the M-step to improve on the start.");
    }

    /// <summary>
    /// Simulate and recover: the truth lies in the likelihood region of level 1 − 10⁻⁶ about the estimate (so a right model
    /// fails this law once in a million seeds, and the seed is fixed), and the start lies outside it [Wilks1938].
    /// </summary>
    [Law(Needs = nameof(Recovery))]
    public void RecoversTheTruth()
    {
        RecoveryCase<TParameters, TChunk> recovery = Recovery;
        ChunkList<TChunk> data = new(recovery.Data);
        double At(TParameters parameters) => Expect(parameters, [.. recovery.Data]).LogLikelihood + Model.LogPrior(parameters);
        double region = ChiSquared.InvCDF(recovery.FreeParameters, 1 - 1e-6);

        EmResult<TParameters> result = Em.Fit(Model, data, recovery.Start, new EmOptions { MaxIterations = 20_000 });

        double truth = 2 * (result.Objective - At(recovery.Truth));
        double start = 2 * (result.Objective - At(recovery.Start));
        Assert.True(start > region, $"Expected the start outside the region {region:G4}, found {start:G4}.");
        Assert.True(truth < region, $"Expected the truth inside the region {region:G4}, found {truth:G4} after {result.Iterations} iterations ({result.StopReason}).");
        Assert.True(truth > -1e-3, $"Expected the estimate to be no worse than the truth, found {truth:G4}.");
    }

    private static bool Converged(double[] point, double[] image)
    {
        for (int index = 0; index < point.Length; index++)
        {
            if (Math.Abs(image[index] - point[index]) > 1e-10 * (1 + Math.Abs(point[index])))
            {
                return false;
            }
        }
        return true;
    }
}
