using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Gaussian states in all fourteen covariance structures, with and without missing cells.</summary>
public class GaussianEmissionTests
{
    private const int States = 3;
    private const int Columns = 3;

    private static readonly double[] _initial = [0.5, 0.2, 0.3];
    private static readonly double[] _transition = [0.7, 0.2, 0.1, 0.3, 0.4, 0.3, 0, 0.5, 0.5];
    private static readonly double[][] _means = [[-2, 0.5, 0], [1, 2, 1], [2.5, -2, 3]];

    public static TheoryData<CovarianceStructure> Structures => [.. CovarianceStructures.All];

    /// <summary>The density of what was observed, summed over all paths.</summary>
    [Theory]
    [MemberData(nameof(Structures))]
    public void MissingCellsAreIntegratedOut(CovarianceStructure structure)
    {
        double[][] rows = [[0.3, double.NaN, 1], [double.NaN, double.NaN, double.NaN], [1, 2, 3], [double.NaN, double.NaN, -1], [2, -1, double.NaN]];
        FittedHiddenMarkov model = GaussianEmissions.Of(structure).Build(Gaussians(structure, _initial, _transition), ["a", "b", "c"]);
        Gaussian[] components = [.. GaussianEmissions.In(model)!.Value.Components];
        Assert.Equal(structure, GaussianEmissions.In(model)!.Value.Structure);
        PathEnumeration paths = new(_initial, _transition, [.. rows.Select(row => (double[])[.. components.Select(component => Observed(component, row))])]);
        SequenceSource data = SequenceSource.From(RowSource.From(rows));

        Close.Equal(paths.LogLikelihood, model.Score(data), 1e-11, "log-likelihood");
        Close.Equal(paths.LogLikelihood, model.LogDensity(data).Sum(), 1e-11, "sum of predictive densities");
        Close.Equal(paths.Posteriors, model.Posteriors(data), 1e-11, what: "posteriors");
        (int[] path, double best) = paths.Paths().MaxBy(each => each.LogProbability);
        Assert.Equal(path, model.Viterbi(data)[0].States);
        Close.Equal(best, model.BestPaths(data, 0, 1)[0].LogProbability, 1e-11, "path");
        Close.Equal(paths.Posteriors.AsSpan(4 * States), model.Filter(data).AsSpan(4 * States), 1e-11, what: "filter at the end");
    }

    /// <summary>A chain that forgets where it was is a mixture: one iteration from the same parameters moves the emissions to the same place.</summary>
    [Theory]
    [MemberData(nameof(Structures))]
    public void AChainWithoutMemoryIsAMixture(CovarianceStructure structure)
    {
        double[] weights = [0.5, 0.2, 0.3];
        double[] forgetful = [.. weights, .. weights, .. weights];
        foreach (double missing in new[] { 0, 0.15 })
        {
            RowSource rows = Draw(structure, 300, missing);
            HiddenMarkov<Gaussian> start = Gaussians(structure, weights, forgetful);
            HiddenMarkovFit chain = HiddenMarkovModel.FitGaussian(
                SequenceSource.From(rows, 120, 180), States, new() { Covariance = structure, Start = start, Acceleration = Accelerator.None, MaxIterations = 1 });
            GaussianMixtureFit mixture = GaussianMixture.Fit(
                rows, States, new() { Covariance = structure, Start = new Mixture<Gaussian>(weights, start.Emissions.AsSpan()), Acceleration = Accelerator.None, MaxIterations = 1 });

            Close.Equal(mixture.Result.Trace[0], chain.Result.Trace[0], 1e-9 * Math.Abs(chain.Result.Trace[0]), $"objective of the start, {missing} missing");
            Assert.NotEqual(chain.Result.Trace[0], chain.Result.Trace[^1]);
            IReadOnlyList<Gaussian> found = GaussianEmissions.In(chain.Model)!.Value.Components;
            for (int state = 0; state < States; state++)
            {
                Close.Equal(mixture.Components[state].Mean, found[state].Mean, 1e-8, what: $"mean, {missing} missing");
                Close.Equal(mixture.Components[state].Covariance.Matrix, found[state].Covariance.Matrix, 1e-7, what: $"covariance, {missing} missing");
            }
            Assert.Equal(States - 1 + States * (States - 1) + States * Columns + structure.Decomposition().FreeParameters(States, Columns), chain.FreeParameters);
        }
    }

    [Theory]
    [InlineData(CovarianceStructure.VEI)]
    [InlineData(CovarianceStructure.VEV)]
    [InlineData(CovarianceStructure.Full)]
    public void FitsWithMissingCellsHaveTheSameBitsForAnyNumberOfThreads(CovarianceStructure structure)
    {
        SequenceSource data = SequenceSource.From(Draw(structure, 9000, 0.1), 4000, 100, 900, 3990, 10);
        double[] Fit(int threads)
        {
            HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, States, new() { Covariance = structure, Threads = threads, Starts = 2, MaxIterations = 6 });
            return [.. fit.Result.Trace, .. fit.Model.Transition, .. GaussianEmissions.In(fit.Model)!.Value.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Covariance.Matrix])];
        }

        double[] alone = Fit(1);
        Close.SameBits(alone, Fit(2));
        Close.SameBits(alone, Fit(8));
    }

    [Fact]
    public void MixturesWithoutCorrelationsTakeMissingCells()
    {
        SequenceSource data = SequenceSource.From(Draw(CovarianceStructure.Diagonal, 400, 0.1));
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussianMixture(data, 2, 2, new() { Covariance = CovarianceStructure.Diagonal, Starts = 3 });
        Close.Equal(fit.LogLikelihood, fit.Model.Score(data), 1e-9 * Math.Abs(fit.LogLikelihood));
        FittedHiddenMarkov copy = GaussianEmissions.Of(CovarianceStructure.Diagonal).BuildMixtures(
            new(fit.Model.Initial.AsSpan(), fit.Model.Transition.AsSpan(), GaussianEmissions.MixturesIn(fit.Model)!.Value.States.AsSpan()), data.Schema.Names);
        Close.Equal(fit.LogLikelihood, copy.Score(data), 1e-9 * Math.Abs(fit.LogLikelihood));
        Assert.Contains("complete rows", Assert.Throws<ArgumentException>(() => HiddenMarkovModel.FitGaussianMixture(data, 2, 2)).Message);
    }

    [Fact]
    public void AColumnWithoutAnyValueIsRefusedByName()
    {
        RowSource rows = RowSource.From([[1, double.NaN], [2, double.NaN], [4, double.NaN]]);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => HiddenMarkovModel.FitGaussian(SequenceSource.From(rows), 2));
        Assert.Contains("'x2'", refused.Message);
    }

    [Fact]
    public void EmissionsThatCannotTakeMissingCellsSaySo()
    {
        HiddenMarkov<Mixture<Gaussian>> parameters = new(
            [1, 1], [1, 1, 1, 1], [.. _means.Take(2).Select(mean => new Mixture<Gaussian>([1.0], [new Gaussian(mean, Covariance.FromVariances([1, 1, 1]))]))]);
        FittedHiddenMarkov model = GaussianEmissions.Of(CovarianceStructure.Full).BuildMixtures(parameters, ["a", "b", "c"]);
        SequenceSource data = SequenceSource.From(RowSource.From([[1, double.NaN, 2]]));
        Assert.Contains("all its cells or none", Assert.Throws<ArgumentException>(() => model.Score(data)).Message);
    }

    /// <summary>Components that obey the structure, by its definition.</summary>
    private static HiddenMarkov<Gaussian> Gaussians(CovarianceStructure structure, double[] initial, double[] transition)
    {
        CovarianceDecomposition parts = structure.Decomposition();
        Gaussian[] components = [.. _means.Select((mean, state) => new Gaussian(mean, Covariance.FromMatrix(Matrix(parts, state), Columns)))];
        return new HiddenMarkov<Gaussian>(initial, transition, components);
    }

    /// <summary>λ·D·A·Dᵀ, D a rotation in the plane of the first two columns and then of the last two, A of determinant 1.</summary>
    private static double[] Matrix(CovarianceDecomposition parts, int state)
    {
        string name = parts.Name;
        double volume = name[0] == 'V' ? 0.6 + 0.5 * state : 0.9;
        double first = name[1] == 'I' ? 1 : name[1] == 'V' ? 1.5 + state : 2;
        double[] shape = name[1] == 'I' ? [1, 1, 1] : [first, 0.8, 1 / (0.8 * first)];
        double angle = name[2] == 'I' ? 0 : name[2] == 'V' ? 0.4 + 0.7 * state : 0.5;
        (double s, double c) = Math.SinCos(angle);
        double[] turn = [c, -s * c, s * s, s, c * c, -s * c, 0, s, c];
        double[] matrix = new double[9];
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                for (int k = 0; k < 3; k++)
                {
                    matrix[i * 3 + j] += volume * shape[k] * turn[i * 3 + k] * turn[j * 3 + k];
                }
            }
        }
        return matrix;
    }

    private static RowSource Draw(CovarianceStructure structure, int count, double missing)
    {
        FittedHiddenMarkov model = GaussianEmissions.Of(structure).Build(Gaussians(structure, _initial, _transition), ["a", "b", "c"]);
        double[] values = model.Sample([count], 7).Values;
        Random random = new(11);
        return RowSource.From([.. values.Select(value => random.NextDouble() < missing ? double.NaN : value)], Columns);
    }

    private static double Observed(Gaussian component, double[] row)
    {
        int[] seen = [.. Enumerable.Range(0, row.Length).Where(column => !double.IsNaN(row[column]))];
        return seen.Length == 0 ? 0 : component.Marginal(seen).LogDensity([.. seen.Select(column => row[column])]);
    }
}
