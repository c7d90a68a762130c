using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Selection;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Selection;

/// <summary>The table of a selection: every cell at least what a single fit finds, never falling, the same by any number of threads.</summary>
public sealed class GaussianMixtureSelectionTests
{
    private static readonly RowSource _faithful = FaithfulData.Rows;
    private static readonly Lazy<SelectionTable> _table = new(() => GaussianMixtureSelection.Run(_faithful, Enumerable.Range(1, 6)));

    [Fact]
    public void FaithfulHasThePublishedBest()
    {
        // mclust 6.0.0, Mclust(faithful, G = 1:6): EEE with 3 components, log-likelihood −1126.32624, 0.01 below the maximum; BIC −2314.31630 in its sign.
        SelectionCell best = _table.Value.Best!;
        Assert.Equal((CovarianceStructure.Tied, 3), (best.Structure, best.Components));
        Assert.InRange(best.Fit!.Bic, 2314.25, 2314.32);

        // mclust 6.0.0 from a known partition, and an own EM in numpy: VII, VVI, EEE and VVV with two components.
        Assert.Equal(-1709.52928217754, _table.Value[CovarianceStructure.Spherical, 2].LogLikelihood, 1e-5);
        Assert.Equal(-1147.80635253781, _table.Value[CovarianceStructure.Diagonal, 2].LogLikelihood, 1e-5);
        Assert.Equal(-1140.18675943708, _table.Value[CovarianceStructure.Tied, 2].LogLikelihood, 1e-5);
        Assert.Equal(-1130.26396018478, _table.Value[CovarianceStructure.Full, 2].LogLikelihood, 1e-5);
    }

    /// <summary>BIC of Mclust(faithful, G = 1:6), mclust 6.0.0, with our sign: lower is better, and no cell may be above.</summary>
    [Theory]
    [InlineData(CovarianceStructure.Spherical, 4024.72147936796, 3458.30498588915, 3336.59795441323, 3242.82596717142, 3129.07994080011, 3038.17113031043)]
    [InlineData(CovarianceStructure.Diagonal, 3055.83486150179, 2346.06492395165, 2342.36580920448, 2343.48614371975, 2351.0172409122, 2373.46932003482)]
    [InlineData(CovarianceStructure.Tied, 2607.62250043671, 2325.21993718258, 2314.31629566578, 2331.22256138626, 2360.65901010491, 2347.35240678924)]
    [InlineData(CovarianceStructure.Full, 2607.62250043671, 2322.19195930296, 2349.69625557944, 2351.49322933888, 2379.38808916429, 2387.01567497813)]
    public void NoCellOfFaithfulIsBelowMclust(CovarianceStructure structure, params double[] bic)
    {
        for (int count = 1; count <= bic.Length; count++)
        {
            SelectionCell cell = _table.Value[structure, count];
            Assert.NotEqual(SelectionStatus.Degenerate, cell.Status);
            Assert.True(cell.Value(SelectionCriterion.Bic) <= bic[count - 1] + 1e-6, $"{count}: {cell.Value(SelectionCriterion.Bic)} above {bic[count - 1]}");
        }
    }

    /// <summary>
    /// Deviances of Aitkin (2001), Statistical Modelling 1, 287-304, for the velocities in 1000 km/s with the corrected row 78; that of two free
    /// variances from an own EM in numpy with 30 random starts.
    /// </summary>
    [Theory]
    [InlineData(CovarianceStructure.Tied, 480.83, 461.0, 425.36, 416.5, 410.69, 394.58)]
    [InlineData(CovarianceStructure.Full, 480.83, 440.39, 406.96, 395.43, 392.27)]
    public void NoCellOfGalaxiesIsBelowThePublishedOnes(CovarianceStructure structure, params double[] deviances)
    {
        double[] velocities =
        [
            .. File.ReadLines(Path.Combine(Architecture.Repository.Root, "samples", "galaxies.csv")).Skip(1)
                .Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture) / 1000).Select(velocity => velocity == 26.690 ? 26.960 : velocity),
        ];
        SelectionTable table = GaussianMixtureSelection.Run(velocities, Enumerable.Range(1, 6), new GaussianMixtureSelectionOptions { Structures = [structure] });
        for (int count = 1; count <= deviances.Length; count++)
        {
            Assert.True(-2 * table[structure, count].LogLikelihood <= deviances[count - 1] + 0.01, $"{count}: {-2 * table[structure, count].LogLikelihood} above {deviances[count - 1]}");
        }
    }

    [Fact]
    public void EveryCellHoldsWhatASingleFitFindsWithAsManyStarts()
    {
        GaussianMixtureOptions fit = new() { Starts = 40 };
        foreach (SelectionCell cell in GaussianMixtureSelection.Run(_faithful, Enumerable.Range(1, 6), new GaussianMixtureSelectionOptions { Fit = fit }))
        {
            GaussianMixtureFit single = GaussianMixture.Fit(_faithful, cell.Components, fit with { Covariance = cell.Structure });
            Assert.True(cell.LogLikelihood >= single.LogLikelihood - 1e-5, $"{cell.Structure}, {cell.Components}: {cell.LogLikelihood} below {single.LogLikelihood}");
            Assert.Equal(cell.LogLikelihood, cell.Fit!.Score(_faithful), 1e-8);
            Assert.Equal(single.FreeParameters, cell.FreeParameters);
            Assert.Equal(cell.Fit.Weights.OrderDescending(), cell.Fit.Weights);
        }
    }

    [Fact]
    public void LikelihoodNeverFallsWithComponentsNorWithStructure()
    {
        SelectionTable table = _table.Value;
        foreach (CovarianceStructure structure in table.Structures)
        {
            for (int count = 2; count <= 6; count++)
            {
                Above(table[structure, count], table[structure, count - 1]);
            }
        }
        for (int count = 1; count <= 6; count++)
        {
            Above(table[CovarianceStructure.Diagonal, count], table[CovarianceStructure.Spherical, count]);
            Above(table[CovarianceStructure.Full, count], table[CovarianceStructure.Diagonal, count]);
            Above(table[CovarianceStructure.Full, count], table[CovarianceStructure.Tied, count]);
        }

        static void Above(SelectionCell cell, SelectionCell contained) =>
            Assert.True(cell.LogLikelihood >= contained.LogLikelihood - 1e-4, $"{cell.Structure}, {cell.Components}: {cell.LogLikelihood} below {contained.LogLikelihood} of {contained.Structure}, {contained.Components}");
    }

    [Fact]
    public void CriteriaAreTheirFormulas()
    {
        foreach (SelectionCell cell in _table.Value)
        {
            (double deviance, double p) = (-2 * cell.LogLikelihood, cell.FreeParameters);
            Assert.Equal(deviance + 2 * p, cell.Value(SelectionCriterion.Aic), 1e-9);
            Assert.Equal(deviance + 2 * p + 2 * p * (p + 1) / (272 - p - 1), cell.Value(SelectionCriterion.Aicc), 1e-9);
            Assert.Equal(deviance + p * Math.Log(272), cell.Value(SelectionCriterion.Bic), 1e-9);
            double entropy = -cell.Fit!.Responsibilities(_faithful).Sum(r => r > 0 ? r * Math.Log(r) : 0);
            Assert.Equal(cell.Value(SelectionCriterion.Bic) + 2 * entropy, cell.Value(SelectionCriterion.Icl), 1e-6);
            Assert.True(double.IsNaN(cell.Value(SelectionCriterion.CrossValidation)));
        }
        Assert.Equal(_table.Value.MinBy(cell => cell.Value(SelectionCriterion.Aic)), _table.Value.BestBy(SelectionCriterion.Aic));
        Assert.Null(_table.Value.BestBy(SelectionCriterion.CrossValidation));
    }

    [Fact]
    public void ThreadsGiveTheSameBits()
    {
        SelectionTable[] tables = [.. new[] { 1, 2, 8 }.Select(threads => GaussianMixtureSelection.Run(_faithful, [1, 2, 4], new GaussianMixtureSelectionOptions
        {
            CrossValidate = true,
            Folds = 3,
            Fit = new GaussianMixtureOptions { Threads = threads, Starts = 4 },
        }))];
        foreach (SelectionTable table in tables)
        {
            Assert.Equal(tables[0].Select(Bits), table.Select(Bits));
        }

        static (long, long, SelectionOrigin, int, int, long) Bits(SelectionCell cell) => (
            BitConverter.DoubleToInt64Bits(cell.LogLikelihood), BitConverter.DoubleToInt64Bits(cell.CrossValidated), cell.Origin, cell.Finished, cell.Agreed,
            BitConverter.DoubleToInt64Bits(cell.Fit!.Components[^1].Mean[0]));
    }

    [Fact]
    public void CrossValidationIsTheNaiveLoop()
    {
        GaussianMixtureSelectionOptions options = new() { Structures = [CovarianceStructure.Full, CovarianceStructure.Tied], Criterion = SelectionCriterion.CrossValidation, Folds = 5 };
        SelectionTable table = GaussianMixtureSelection.Run(_faithful, [1, 2, 3], options);
        int[] folds = CrossValidation.Folds(272, 5, 1);
        foreach (SelectionCell cell in table)
        {
            double total = 0;
            for (int fold = 0; fold < 5; fold++)
            {
                GaussianMixtureFit fit = GaussianMixture.Fit(Rows(f => f != fold), cell.Components, new GaussianMixtureOptions
                {
                    Covariance = cell.Structure,
                    Start = new Mixture<Gaussian>(cell.Fit!.Weights.AsSpan(), cell.Fit.Components.AsSpan()),
                });
                total += fit.Score(Rows(f => f == fold));

                RowSource Rows(Func<int, bool> counts) => FaithfulData.Rows.Where((_, row) => counts(folds[row])).ToArray();
            }
            Assert.Equal(total, cell.CrossValidated, 1e-4);
            Assert.True(cell.CrossValidated < cell.LogLikelihood);
        }
        Assert.Equal(table.MaxBy(cell => cell.CrossValidated), table.Best);
    }

    [Fact]
    public void FoldsAreEvenAndComeFromTheSeed()
    {
        int[] folds = CrossValidation.Folds(103, 10, 7);
        Assert.All(folds.CountBy(fold => fold), pair => Assert.InRange(pair.Value, 10, 11));
        Assert.Equal(10, folds.Distinct().Count());
        Assert.Equal(folds, CrossValidation.Folds(103, 10, 7));
        Assert.NotEqual(folds, CrossValidation.Folds(103, 10, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossValidation.Folds(3, 4, 1));
    }

    [Fact]
    public void CellsThatCannotBeFittedSayWhyAndEndNothing()
    {
        double[] values = [.. Enumerable.Range(0, 60).Select(row => (double)(row % 3))];
        SelectionTable table = GaussianMixtureSelection.Run(values, [1, 2, 5]);
        Assert.All(table.Where(cell => cell.Components == 5), cell =>
        {
            Assert.Equal(SelectionStatus.Failed, cell.Status);
            Assert.Contains("distinct", cell.Message, StringComparison.Ordinal);
            Assert.True(double.IsNaN(cell.Value(SelectionCriterion.Bic)));
        });
        Assert.NotNull(table.Best);
        Assert.NotEqual(5, table.Best.Components);
    }

    [Fact]
    public void CollapsedCellsAreReportedAndNotRanked()
    {
        // Thirty rows alike and thirty apart: with two components one collapses, at a likelihood that would win by far.
        RandomGenerator random = new(3);
        double[][] rows = [.. Enumerable.Range(0, 60).Select(row => row < 30 ? new double[] { 1, 1 } : [random.NextGaussian(), random.NextGaussian()])];
        SelectionTable table = GaussianMixtureSelection.Run(rows, [1, 2], new GaussianMixtureSelectionOptions { Structures = [CovarianceStructure.Full] });
        SelectionCell collapsed = table[CovarianceStructure.Full, 2];
        Assert.Equal(SelectionStatus.Degenerate, collapsed.Status);
        Assert.NotEmpty(collapsed.Fit!.Result.Degeneracies);
        Assert.True(collapsed.Value(SelectionCriterion.Bic) < table[CovarianceStructure.Full, 1].Value(SelectionCriterion.Bic));
        Assert.Equal(1, table.Best!.Components);
    }

    [Fact]
    public void OneColumnHasOneModelUnderThreeNames()
    {
        double[] waiting = [.. FaithfulData.Rows.Select(row => row[1])];
        SelectionTable table = GaussianMixtureSelection.Run(waiting, [1, 2, 3, 4]);
        foreach (int count in table.Components)
        {
            double round = table[CovarianceStructure.Spherical, count].LogLikelihood;
            Assert.Equal(round, table[CovarianceStructure.Diagonal, count].LogLikelihood, 1e-5);
            Assert.Equal(round, table[CovarianceStructure.Full, count].LogLikelihood, 1e-5);
            Assert.True(table[CovarianceStructure.Tied, count].LogLikelihood <= round + 1e-5);
        }
    }

    [Fact]
    public void CancellationKeepsTheCellsDone()
    {
        using CancellationTokenSource source = new();
        List<SelectionProgress> reports = [];
        SelectionTable table = GaussianMixtureSelection.Run(_faithful, Enumerable.Range(1, 9), new GaussianMixtureSelectionOptions
        {
            Fit = new GaussianMixtureOptions { Threads = 1 },
            Progress = new Relay(report =>
            {
                reports.Add(report);
                source.Cancel();
            }),
        }, source.Token);
        Assert.Equal(36, table.Count);
        Assert.Equal(Enumerable.Range(1, 72), reports.Select(report => report.Done));
        Assert.All(reports, report => Assert.Equal(72, report.Total));
        Assert.Contains(table, cell => cell.Status == SelectionStatus.Cancelled);
        Assert.NotNull(table.Best);
        Assert.NotEqual(SelectionStatus.Cancelled, table.Best.Status);
    }

    [Fact]
    public void WrongOptionsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => GaussianMixtureSelection.Run(_faithful, []));
        Assert.Throws<ArgumentException>(() => GaussianMixtureSelection.Run(_faithful, [2, 2]));
        Assert.Throws<ArgumentException>(() => GaussianMixtureSelection.Run(_faithful, [0]));
        Assert.Throws<ArgumentException>(() => GaussianMixtureSelection.Run(_faithful, [2], new GaussianMixtureSelectionOptions { Structures = [] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianMixtureSelection.Run(_faithful, [2], new GaussianMixtureSelectionOptions { CrossValidate = true, Folds = 273 }));
        Assert.Throws<ArgumentException>(() => GaussianMixtureSelection.Run(_faithful, [2], new GaussianMixtureSelectionOptions { Fit = new GaussianMixtureOptions { StartLabels = [] } }));
        Assert.Throws<ArgumentException>(() => GaussianMixtureSelection.Run(new double[] { double.NaN, double.NaN }, [1]));
        Assert.Throws<KeyNotFoundException>(() => _table.Value[CovarianceStructure.Full, 7]);
    }

    [Fact]
    public void StructuresContainWhatSharesMore()
    {
        foreach (CovarianceStructure structure in CovarianceStructures.All)
        {
            // A structure with k components contains another where it has at least its parameters in every part.
            CovarianceStructure[] inner = StructureOrder.Largest(structure, CovarianceStructures.All);
            Assert.All(inner, other => Assert.True(StructureOrder.Rank(other) < StructureOrder.Rank(structure)));
            Assert.All(inner, other => Assert.True(other.Decomposition().FreeParameters(3, 4) < structure.Decomposition().FreeParameters(3, 4)));
            Assert.Equal(structure == CovarianceStructure.EII, inner.Length == 0);
        }
        Assert.Equal([CovarianceStructure.Diagonal, CovarianceStructure.Tied], StructureOrder.Largest(CovarianceStructure.Full, CovarianceStructures.Common));
        Assert.Equal([CovarianceStructure.Spherical], StructureOrder.Largest(CovarianceStructure.VVE, [CovarianceStructure.Spherical, CovarianceStructure.EII, CovarianceStructure.VEV]));
    }

    [Fact]
    public void OneColumnWithSeveralStructuresOfOneVolume()
    {
        double[] waiting = [.. FaithfulData.Rows.Select(row => row[1])];
        CovarianceStructure[] structures = [CovarianceStructure.VEE, CovarianceStructure.Tied, CovarianceStructure.EEI];
        SelectionTable table = GaussianMixtureSelection.Run(waiting, [1, 2, 3], new GaussianMixtureSelectionOptions { Structures = structures });
        foreach (int count in table.Components)
        {
            Assert.Equal(table[CovarianceStructure.EEI, count].LogLikelihood, table[CovarianceStructure.Tied, count].LogLikelihood, 1e-5);
            Assert.True(table[CovarianceStructure.VEE, count].LogLikelihood >= table[CovarianceStructure.EEI, count].LogLikelihood - 1e-5);
        }
    }

    private sealed class Relay(Action<SelectionProgress> receive) : IProgress<SelectionProgress>
    {
        public void Report(SelectionProgress value) => receive(value);
    }
}
