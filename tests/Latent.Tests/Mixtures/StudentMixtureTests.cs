using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using static Latent.Tests.Families.FullGaussianFamilyLaws;

namespace Latent.Tests.Mixtures;

/// <summary>A mixture of Student-t distributions over rows in which a fifth of the cells are missing obeys every law of a model.</summary>
public sealed class StudentMixtureLaws : RowModelLaws<Mixture<StudentT>>
{
    private const int Count = 2;
    private const int Head = 3;

    private readonly MixtureModel<StudentT> _model = new(new StudentFamily(CovarianceDecomposition.Named("VVV"), 2, [0, 0]), Count, 2);

    protected override IEmModel<Mixture<StudentT>, RowChunk> Model => _model;

    protected override int Columns => 2;

    protected override ICoordinates<Mixture<StudentT>> OwnCoordinates => _model;

    protected override void DrawRow(Random random, Span<double> row)
    {
        double shift = random.NextDouble() < 0.4 ? -3 : 3;
        double tail = Math.Sqrt(MathNet.Numerics.Distributions.Gamma.Sample(random, 2, 2));
        for (int column = 0; column < row.Length; column++)
        {
            double value = shift + Simulate.Normal(random) / tail;
            row[column] = random.NextDouble() < 0.2 ? double.NaN : value;
        }
    }

    protected override Mixture<StudentT> Parameters(Random random) => new(
        [0.3 + random.NextDouble(), 0.3 + random.NextDouble()],
        [.. new[] { -2.0, 2.5 }.Select(shift => new StudentT(
            new Gaussian([shift + 0.5 * Simulate.Normal(random), shift + 0.5 * Simulate.Normal(random)], Flat(Simulate.Covariance(random, 2))), 1.5 + 6 * random.NextDouble()))]);

    protected override double[] Flatten(Mixture<StudentT> parameters) =>
        [.. parameters.Weights, .. parameters.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Scale.Matrix, component.Freedom])];

    protected override double[] Coordinates(Mixture<StudentT> parameters)
    {
        double[] point = new double[_model.CoordinateCount(parameters)];
        _model.WriteCoordinates(parameters, point);
        return point;
    }

    protected override Mixture<StudentT> FromCoordinates(double[] point)
    {
        Mixture<StudentT> like = Parameters(new Random(1));
        Assert.True(_model.TryReadCoordinates(point, like, out Mixture<StudentT>? read));
        return read!;
    }

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, Mixture<StudentT> candidate, Mixture<StudentT> current)
    {
        double sum = 0;
        for (int k = 0; k < Count; k++)
        {
            ReadOnlySpan<double> own = statistic.Slice(Count + k * (Head + 5), Head + 5);
            StudentT from = current.Components[k];
            StudentT to = candidate.Components[k];
            double[,] lower = Square(from.Scale.Lower);
            double[,] first = Product(lower, new double[,] { { own[3] }, { own[4] } });
            double[,] scatter = Product(Product(lower, new double[,] { { own[5], own[6] }, { own[6], own[7] } }), Transposed(lower));
            double[] move = [to.Mean[0] - from.Mean[0], to.Mean[1] - from.Mean[1]];
            for (int i = 0; i < 2; i++)
            {
                for (int j = 0; j < 2; j++)
                {
                    scatter[i, j] += own[2] * move[i] * move[j] - first[i, 0] * move[j] - move[i] * first[j, 0];
                }
            }
            double[,] c = Square(to.Scale.Matrix);
            double determinant = c[0, 0] * c[1, 1] - c[0, 1] * c[1, 0];
            double trace = (c[1, 1] * scatter[0, 0] + c[0, 0] * scatter[1, 1] - 2 * c[0, 1] * scatter[0, 1]) / determinant;
            double half = 0.5 * to.Freedom;
            sum += own[0] * (Math.Log(candidate.Weights[k]) - 0.5 * Math.Log(determinant)) - 0.5 * trace
                + own[0] * (half * Math.Log(half) - MathNet.Numerics.SpecialFunctions.GammaLn(half)) + half * own[1];
        }
        return sum;
    }

    protected override int Components(Mixture<StudentT> parameters) => Count;

    protected override Mixture<StudentT> Relabel(Mixture<StudentT> parameters, int[] permutation) =>
        new([.. permutation.Select(component => parameters.Weights[component])], [.. permutation.Select(component => parameters.Components[component])]);
}

/// <summary>Mixtures of Student-t distributions against formulas and direct maximisation.</summary>
public class StudentMixtureTests
{
    private static readonly double[] _cement = [7, 1, 11, 11, 7, 11, 3, 1, 2, 21, 1, 11, 10, 40];

    [Fact]
    public void OneColumnIsTheTextbooksDensity()
    {
        StudentT component = new(new Gaussian([1.5], [4]), 3.5);
        MathNet.Numerics.Distributions.StudentT expected = new(1.5, 2, 3.5);
        double[] rows = [-20, 0, 1.5, 7, 1000];
        FittedMixture<StudentT> mixture = StudentMixture.Create(CovarianceStructure.Full, [1.0], [component]);
        Close.Equal([.. rows.Select(expected.DensityLn)], mixture.LogDensity(RowSource.From(rows)), 1e-12, what: "density");
        Assert.Equal(expected.DensityLn(7), component.LogDensity([7]), 1e-12);
    }

    /// <summary>Location, scale and degrees of freedom of one column, maximised directly.</summary>
    [Fact]
    public void OneComponentIsTheDirectMaximum()
    {
        double[] at = DirectMaximizer.Maximize(point => _cement.Sum(x => new MathNet.Numerics.Distributions.StudentT(point[0], Math.Exp(point[1]), Math.Exp(point[2])).DensityLn(x)), [8, 1.5, 1]);
        MixtureFit<StudentT> fit = StudentMixture.Fit(RowSource.From(_cement), 1, new StudentMixtureOptions { Stopping = StoppingRule.RemainingGain(1e-12) });
        Assert.True(fit.Converged);
        Assert.Equal(3, fit.FreeParameters);
        Assert.Equal(at[0], fit.Components[0].Mean[0], 1e-5);
        Assert.Equal(Math.Exp(2 * at[1]), fit.Components[0].Scale.Matrix[0], 1e-3);
        Assert.Equal(Math.Exp(at[2]), fit.Components[0].Freedom, 1e-3);
    }

    /// <summary>Two components with equal degrees of freedom over incomplete rows: no point near the fit is better, by the scalar density of single rows.</summary>
    [Theory]
    [InlineData(CovarianceStructure.Full, FreedomSharing.Equal, 0)]
    [InlineData(CovarianceStructure.Tied, FreedomSharing.Variable, 0.2)]
    [InlineData(CovarianceStructure.Diagonal, FreedomSharing.Variable, 0.2)]
    public void FitsAreMaxima(CovarianceStructure structure, FreedomSharing sharing, double missing)
    {
        double[] rows = Rows(400, missing, 3);
        MixtureFit<StudentT> fit = StudentMixture.Fit(RowSource.From(rows, 2), 2, new StudentMixtureOptions { Covariance = structure, FreedomSharing = sharing, Stopping = StoppingRule.RemainingGain(1e-9) });
        Assert.True(fit.Converged);
        Assert.True(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)).All(pair => pair.Second >= pair.First - 1e-9));
        double LogLikelihood(Mixture<StudentT> mixture) => rows.Chunk(2).Sum(row => Math.Log(mixture.Components.Select((component, k) => mixture.Weights[k] * Math.Exp(component.LogDensity(row))).Sum()));
        Assert.Equal(LogLikelihood(fit.Parameters), fit.LogLikelihood, 1e-8);
        double[] at = new double[fit.Model.CoordinateCount(fit.Parameters)];
        fit.Model.WriteCoordinates(fit.Parameters, at);
        Assert.Equal(fit.FreeParameters, at.Length);
        double[] gradient = NumericalGradient.Of(point => fit.Model.TryReadCoordinates(point, fit.Parameters, out Mixture<StudentT>? there) ? LogLikelihood(there) : double.NaN, at);
        Assert.All(gradient, slope => Assert.True(Math.Abs(slope) < 5e-3, $"{slope}"));
    }

    /// <summary>A few wild rows move a Gaussian mixture, not this one.</summary>
    [Fact]
    public void OutliersDoNotBendIt()
    {
        double[] rows = [.. Rows(300, 0, 5), 60, -80, 75, -60, 90, -70];
        MixtureFit<StudentT> robust = StudentMixture.Fit(RowSource.From(rows, 2), 2);
        Assert.All(robust.Components, component => Assert.True(Math.Abs(Math.Abs(component.Mean[0]) - 4) < 0.6, $"{component.Mean[0]}"));
        GaussianMixtureFit normal = GaussianMixture.Fit(RowSource.From(rows, 2), 2);
        Assert.Contains(normal.Components, component => component.Mean[0] > 30 || component.Covariance.Matrix[0] > 20);
    }

    /// <summary>Fixed at many degrees of freedom it is a Gaussian mixture.</summary>
    [Fact]
    public void ManyDegreesOfFreedomAreNormal()
    {
        double[] rows = Rows(300, 0.1, 7);
        StudentMixtureOptions options = new() { FreedomSharing = FreedomSharing.Fixed, Freedom = 1e9 };
        Assert.Equal(GaussianMixture.Fit(RowSource.From(rows, 2), 2).LogLikelihood, StudentMixture.Fit(RowSource.From(rows, 2), 2, options).LogLikelihood, 1e-3);
    }

    /// <summary>Drawn rows are refitted to what they were drawn from, and their standard errors cover it.</summary>
    [Fact]
    public void SamplesAreRefitted()
    {
        StudentT[] components = [new(new Gaussian([0, 0], [1, 0.5, 0.5, 2]), 4), new(new Gaussian([9, 1], [2, 0, 0, 1]), 15)];
        (double[] values, int[] labels) = StudentMixture.Create(CovarianceStructure.Full, [0.6, 0.4], components).Sample(4000, 3);
        Assert.Equal(0.6, labels.Count(label => label == 0) / 4000.0, 0.03);
        MixtureFit<StudentT> fit = StudentMixture.Fit(RowSource.From(values, 2), 2);
        Assert.InRange(fit.Components[0].Freedom, 3, 5.5);
        Assert.InRange(fit.Components[1].Freedom, 8, 60);
        ParameterEstimates errors = fit.StandardErrors(RowSource.From(values, 2));
        ParameterEstimate freedom = errors["freedom[1]"];
        Assert.InRange((freedom.Value - 4) / freedom.StandardError, -3.5, 3.5);
        Assert.InRange(errors["mean[1, x1]"].StandardError, 0.01, 0.06);
    }

    private static double[] Rows(int count, double missing, int seed)
    {
        Random random = new(seed);
        double[] rows = new double[2 * count];
        for (int row = 0; row < count; row++)
        {
            double shift = row % 3 == 0 ? -4 : 4;
            double tail = Math.Sqrt(MathNet.Numerics.Distributions.Gamma.Sample(random, 2.5, 2.5));
            double common = Simulate.Normal(random);
            rows[2 * row] = random.NextDouble() < missing ? double.NaN : shift + common / tail;
            rows[2 * row + 1] = random.NextDouble() < missing && !double.IsNaN(rows[2 * row]) ? double.NaN : 0.5 * shift + (0.6 * common + Simulate.Normal(random)) / tail;
        }
        return rows;
    }

    /// <summary>Scores of incomplete rows are the derivatives of the density by location, scale and degrees of freedom.</summary>
    [Theory]
    [InlineData(FreedomSharing.Variable)]
    [InlineData(FreedomSharing.Fixed)]
    public void ScoresAreDerivativesOfTheDensity(FreedomSharing sharing)
    {
        const int d = 3;
        Random random = new(4);
        StudentFamily family = new(CovarianceDecomposition.Named("VVV"), d, [0, 0, 0], sharing);
        StudentT component = new(new Gaussian([0.5, -1, 2], Flat(Simulate.Covariance(random, d))), 4.5);
        double[] values = [.. Enumerable.Range(0, 20 * d).Select(_ => random.NextDouble() < 0.3 ? double.NaN : 2 * Simulate.Normal(random))];
        RowTile tile = new(d);
        tile.Load(((IRowSource)RowSource.From(values, d)).GetChunk(0), 0, 20);
        int length = family.NaturalParameters(1, ["a", "b", "c"]).Count;
        double[] scores = new double[length * RowTile.Capacity];
        family.WriteScores(component, tile, scores);
        double[] at = new double[length];
        family.WriteNaturalParameters(component, at);
        for (int row = 0; row < 20; row++)
        {
            double[] cells = values.AsSpan(row * d, d).ToArray();
            double[] expected = NumericalGradient.Of(
                point => new StudentT(
                    new Gaussian(point.AsSpan(0, d), [point[3], point[4], point[6], point[4], point[5], point[7], point[6], point[7], point[8]]), sharing == FreedomSharing.Fixed ? 4.5 : point[9])
                    .LogDensity(cells),
                at);
            for (int parameter = 0; parameter < length; parameter++)
            {
                Assert.Equal(expected[parameter], scores[parameter * RowTile.Capacity + row], 1e-7);
            }
        }
    }

    /// <summary>The sandwich of a mixture that the rows were drawn from agrees with the information, missing cells or not.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void TheSandwichAgreesWithTheInformation(double missing)
    {
        FittedMixture<StudentT> truth = StudentMixture.Create(
            CovarianceStructure.Full, [0.5, 0.5], [new StudentT(new Gaussian([-3, 0], [1, 0.4, 0.4, 1]), 6), new StudentT(new Gaussian([3, 1], [1, -0.3, -0.3, 2]), 6)]);
        Random random = new(1);
        RowSource rows = RowSource.From([.. truth.Sample(3000, 5).Values.Select(value => random.NextDouble() < missing ? double.NaN : value)], 2);
        MixtureFit<StudentT> fit = StudentMixture.Fit(rows, 2, new StudentMixtureOptions { FreedomSharing = FreedomSharing.Equal, Stopping = StoppingRule.RemainingGain(1e-9) });
        ParameterEstimates information = fit.StandardErrors(rows);
        ParameterEstimates sandwich = fit.StandardErrors(rows, new StandardErrorOptions { Method = StandardErrorMethod.Sandwich });
        Assert.Contains("scores", information.Method, StringComparison.Ordinal);
        Assert.All(information.Parameters, estimate => Assert.InRange(sandwich[estimate.Name].StandardError / estimate.StandardError, 0.8, 1.25));
        Assert.InRange(Math.Abs(information["freedom"].Value - 6) / information["freedom"].StandardError, 0, 3.5);
    }

    /// <summary>With very many degrees of freedom a prior gives what it gives the Gaussian mixture of the same rows, some of whose cells are missing.</summary>
    [Theory]
    [InlineData(CovarianceStructure.Full, true)]
    [InlineData(CovarianceStructure.Tied, true)]
    [InlineData(CovarianceStructure.VEV, false)]
    public void PriorsAreThoseOfGaussianMixtures(CovarianceStructure structure, bool map)
    {
        Random random = new(3);
        RowSource rows = RowSource.From([.. Enumerable.Range(0, 120).SelectMany(row => new[] { (row % 2 * 4) + Simulate.Normal(random), random.NextDouble() < 0.2 ? double.NaN : Simulate.Normal(random) })], 2);
        CovariancePrior prior = map ? CovariancePrior.Map(2) : CovariancePrior.Penalised(3);
        StoppingRule rule = StoppingRule.RemainingGain(1e-9);
        GaussianMixtureFit expected = GaussianMixture.Fit(rows, 2, new GaussianMixtureOptions { Covariance = structure, Prior = prior, Stopping = rule });
        MixtureFit<StudentT> found = StudentMixture.Fit(rows, 2, new StudentMixtureOptions { Covariance = structure, Prior = prior, Stopping = rule, FreedomSharing = FreedomSharing.Fixed, Freedom = 1e8 });
        GaussianMixtureFit free = GaussianMixture.Fit(rows, 2, new GaussianMixtureOptions { Covariance = structure, Stopping = rule });
        Assert.Equal(expected.Result.Objective, found.Result.Objective, 1e-3);
        Assert.Equal(expected.LogLikelihood, found.LogLikelihood, 1e-3);
        Assert.True(found.LogLikelihood < free.LogLikelihood - 1e-2);
        for (int k = 0; k < 2; k++)
        {
            Close.Equal(expected.Components[k].Mean, found.Components[k].Mean, 1e-3, what: "location");
            Close.Equal(expected.Components[k].Covariance.Matrix, found.Components[k].Scale.Matrix, 1e-3, what: "scale");
        }
    }

    /// <summary>At a fit with a prior and free degrees of freedom the gradient of likelihood plus prior vanishes, and the objective never fell on the way.</summary>
    [Fact]
    public void FitsWithAPriorAreMaximaOfThePosterior()
    {
        Random random = new(8);
        RowSource rows = RowSource.From([.. Enumerable.Range(0, 200).SelectMany(row => new[] { (row % 2 * 5) + Simulate.Normal(random) / (0.3 + random.NextDouble()), Simulate.Normal(random) })], 2);
        MixtureFit<StudentT> fit = StudentMixture.Fit(
            rows, 2, new StudentMixtureOptions { Prior = CovariancePrior.Map(1), FreedomSharing = FreedomSharing.Equal, Stopping = StoppingRule.RemainingGain(1e-11) });
        double[] at = new double[fit.Model.CoordinateCount(fit.Parameters)];
        fit.Model.WriteCoordinates(fit.Parameters, at);
        double Objective(double[] point)
        {
            Assert.True(fit.Model.TryReadCoordinates(point, fit.Parameters, out Mixture<StudentT>? mixture));
            return new FittedMixture<StudentT>(fit.Model, mixture, fit.ColumnNames).Score(rows) + fit.Model.LogPrior(mixture);
        }
        Assert.Equal(fit.Result.Objective, Objective(at), 1e-8);
        Assert.NotEqual(fit.LogLikelihood, fit.Result.Objective, 1e-2);
        Close.Equal(new double[at.Length], NumericalGradient.Of(Objective, at), 2e-3, what: "gradient");
        Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-9));
    }
}
