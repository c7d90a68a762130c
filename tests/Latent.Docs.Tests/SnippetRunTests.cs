using System.Diagnostics;
using Latent.Clustering;
using Latent.Data;
using Latent.Factors;
using Latent.Families;
using Latent.Incomplete;
using Latent.IO;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Selection;
using Latent.Snippets;
using Latent.Topics;

namespace Latent.Docs.Tests;

/// <summary>What the examples compute is what the pages say. They run in the folder of the repository, as a reader would run them.</summary>
public class SnippetRunTests
{
    private const string FigurePath = "docs/images/faithful.svg";

    public SnippetRunTests() => Environment.CurrentDirectory = Repository.Root;

    [Fact]
    public void TheReadmeShowsWhatItsExamplePrints()
    {
        TextWriter console = Console.Out;
        using StringWriter printed = new() { NewLine = "\n" };
        Console.SetOut(printed);
        GaussianMixtureFit fit;
        try
        {
            fit = Readme.Run();
        }
        finally
        {
            Console.SetOut(console);
        }
        Assert.Contains($"```\n{printed}```\n", Page("README.md"), StringComparison.Ordinal);

        // mclust 6.0.0 and scikit-learn 1.2.1, see tests/Latent.Cases.
        Assert.Equal(-1130.26396, fit.LogLikelihood, 1e-4);
    }

    [Fact]
    public void ThePageOnLabelsFindsTheFlowersAndTheNoise()
    {
        string[][] cells = [.. File.ReadLines("samples/iris.csv").Skip(1).Select(line => line.Split(','))];
        double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        RowSource flowers = RowSource.From([.. cells.SelectMany(row => row[..4].Select(Number))], 4);
        string?[] texts = [.. cells.Select((row, index) => index % 5 == 0 ? row[4] : index % 5 == 1 && row[4] != "setosa" ? "versicolor|virginica" : null)];
        (GaussianMixtureFit fit, IReadOnlyList<string> names) = PartialKnowledge.Labels(flowers, texts);
        Assert.Equal(["setosa", "versicolor", "virginica"], names);
        int[] predicted = fit.Predict(flowers);
        Assert.InRange(Enumerable.Range(0, 150).Count(row => names[predicted[row]] != cells[row][4]), 0, 6);

        double[][] noisy = [.. File.ReadLines("tests/reference/partial-knowledge/noisy-faithful.csv").Skip(1).Select(line => line.Split(',').Select(Number).ToArray())];
        (GaussianMixtureFit robust, int[] labels) = PartialKnowledge.Noise(RowSource.From([.. noisy.SelectMany(row => row[..2])], 2));
        Assert.Equal(-1386.25635, robust.LogLikelihood, 1e-4);
        Assert.InRange(labels.Count(label => label < 0), 20, 40);

        RowSource rows = RowSource.From([.. noisy.SelectMany(row => row[..2])], 2);
        (GaussianMixtureFit trimmed, TrimmedRows outliers) = PartialKnowledge.Trim(rows);
        Assert.Equal(30, outliers.Rows.Length);
        Assert.InRange(outliers.Rows.Count(row => row >= 272), 22, 30);
        (OutlierScores scores, double[] densityTail) = PartialKnowledge.Outliers(trimmed, rows);
        Assert.True(outliers.Rows.Average(row => scores.Tail[row]) < 0.01 && outliers.Rows.Average(row => densityTail[row]) < 0.01);
    }

    /// <summary>The published fit of the earthquakes with three states and a free initial distribution, see tests/Latent.Cases.</summary>
    [Fact]
    public void TheHiddenMarkovExampleFindsTheEarthquakesRates()
    {
        (HiddenMarkovFit<Poisson> fit, StatePath[] paths) = HiddenMarkovExample.Run();
        Assert.Equal(-328.52748, fit.LogLikelihood, 1e-4);
        Assert.Equal([13.13, 19.71, 29.71], fit.Parameters.Emissions.Select(emission => Math.Round(emission.Rate, 2)).Order());
        Assert.Equal(107, Assert.Single(paths).States.Count);
    }

    /// <summary>Stays of 8 and 12 steps are found, and tell the states apart better than transitions do.</summary>
    [Fact]
    public void TheSemiMarkovExampleFindsHowLongStatesLast()
    {
        (HiddenMarkovFit<Poisson> ordinary, HiddenMarkovFit<Poisson> lasting) = SemiMarkovExample.Run();
        Assert.True(lasting.Bic < ordinary.Bic - 10, $"Expected a better criterion with durations, found {lasting.Bic:R} and {ordinary.Bic:R}.");
        double[] means = [.. lasting.Model.Durations.Select(duration => duration.Mean).Order()];
        Assert.InRange(means[0], 6, 10);
        Assert.InRange(means[1], 10, 14);
    }

    /// <summary>Set LATENT_UPDATE_DOCS=1 to draw it anew.</summary>
    [Fact]
    public void ThePictureOfTheReadmeIsDrawnFromTheFit()
    {
        using RowTable table = DataFiles.Read("samples/faithful.csv");
        string drawn = FaithfulFigure.Draw(table.Rows, GaussianMixture.Fit(table.Rows, 2, new GaussianMixtureOptions { Stopping = StoppingRule.RemainingGain(1e-11) }));
        if (Environment.GetEnvironmentVariable("LATENT_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FigurePath)!);
            File.WriteAllText(FigurePath, drawn);
        }
        Assert.Equal(File.ReadAllText(FigurePath), drawn);
    }

    [Fact]
    public void TheGuideShowsWhatTheCustomModelPrints()
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "CustomModel.dll")]) { RedirectStandardOutput = true })!;
        string printed = process.StandardOutput.ReadToEnd().ReplaceLineEndings("\n");
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains($"```\n{printed}```\n", Page("docs/guide/custom-model.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void TheFamilyOfTheGuideFindsItsRates()
    {
        EmResult<Mixture<double>> fit = CustomFamily.Run();
        Assert.True(fit.Converged);

        // 5,000 rows: standard errors of the rates of about 5 % and 1.5 %, four of them allowed: one false alarm in 10,000 seeds.
        Assert.InRange(fit.Parameters.Components[0], 1.6, 2.4);
        Assert.InRange(fit.Parameters.Components[1], 0.094, 0.106);
        Assert.InRange(fit.Parameters.Weights[0], 0.26, 0.34);
    }

    [Fact]
    public void RowsOfAllKindsAreTheSameRows()
    {
        RowSource[] sources = GettingStarted.Rows();
        double[][] copies = [.. sources.Select(source => source.GetChunk(0).Values.ToArray())];
        Assert.All(copies, copy => Assert.Equal([3.6, 79, 1.8, 54, 3.333, 74], copy));
        Assert.Equal(["eruptions", "waiting"], sources[2].Schema.Names);
        Assert.Equal(4, sources[3].TotalWeight);
    }

    [Fact]
    public void TheGuideForBeginnersRuns()
    {
        using RowTable table = DataFiles.Read("samples/faithful.csv");
        RowSource rows = table.Rows;
        GaussianMixtureFit fit = GettingStarted.Fit(rows, CancellationToken.None);
        Assert.Equal(3, fit.Components.Length);
        Assert.True(fit.Converged);
        Assert.Empty(GettingStarted.Trust(fit));
        Assert.True(double.IsFinite(GettingStarted.Use(fit, rows)));
        Assert.Equal(table.RowCount, GettingStarted.Files("samples/faithful.csv"));
        Assert.InRange(GettingStarted.Choose(rows), 2, 3);
        KMeansFit clusters = GettingStarted.Cluster(rows);
        Assert.Equal(2, clusters.Centers.Count);
        Assert.Equal(1, clusters.Agreement);
        (KMeansFit three, int[] labels) = KMeansExample.Run(rows);
        Assert.Equal([0, 1, 2], labels.Distinct().Order());
        Assert.True(three.Inertia < clusters.Inertia);
    }

    /// <summary>The pages of this project are about a few things: a run of their own topics has a mixture for each page.</summary>
    [Fact]
    public void ThePageOnTopicsRuns()
    {
        DocumentTopics topics = TopicExample.Run("docs/models");
        Assert.Equal(Directory.GetFiles("docs/models").Length, topics.Documents);
        Assert.Equal(0, topics.UnknownWords);
        Assert.All(topics.Words, words => Assert.True(words > 50));
    }

    [Fact]
    public void TheGuideToSelectionRuns()
    {
        using RowTable table = DataFiles.Read("samples/faithful.csv");
        SelectionCell best = ChooseModel.Run(table.Rows).Best!;
        Assert.Equal((CovarianceStructure.Tied, 3), (best.Structure, best.Components));
    }

    [Fact]
    public void TheGuideToImputationRuns()
    {
        using RowTable table = DataFiles.Read("samples/airquality.csv", DataOptions.Default with { Drop = ["month", "day"] });
        (MultivariateNormalFit fit, ParameterEstimates errors, double[] completed) = MissingValues.Fit(table.Rows);
        Assert.Equal(-2326.69738279834, fit.LogLikelihood, 2e-6);
        Assert.DoesNotContain(double.NaN, completed);
        PooledEstimate pooled = MissingValues.Impute(table.Rows, fit);

        // The mean of ozone by imputation is that by likelihood, and so is its standard error, within what twenty imputations vary.
        Assert.Equal(errors.Parameters[0].Value, pooled.Estimate, 1.0);
        Assert.InRange(pooled.StandardError / errors.Parameters[0].StandardError, 0.85, 1.2);
        (IReadOnlyList<ImputedColumn> columns, IReadOnlyList<Overimputation> again) = MissingValues.Check(table.Rows, fit, new Imputer(fit, table.Rows));
        Assert.Equal(["ozone", "solar"], columns.Select(column => column.Name));
        Assert.All(again, column => Assert.InRange(column.Coverage, 0.8, 1.0));
        (FactorAnalysisFit factors, double[] scores) = FactorExample.Run(table.Rows);
        Assert.True(factors.Converged && factors.LogLikelihood < fit.LogLikelihood);
        Assert.Equal(table.RowCount, scores.Length);
    }

    [Fact]
    public void TheGuideToLongFitsResumes()
    {
        using RowTable table = DataFiles.Read("samples/faithful.csv");
        string folder = Directory.CreateTempSubdirectory("latent-docs-").FullName;
        string path = Path.Join(folder, "fit.checkpoint");
        GaussianMixtureFit first = LongFits.Run(table.Rows, path, CancellationToken.None);
        GaussianMixtureFit again = LongFits.Run(table.Rows, path, CancellationToken.None);
        Assert.True(first.Converged);
        Assert.Equal(first.Result.Trace, again.Result.Trace);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void AFitThatWasStoppedRaisesDoubts()
    {
        using RowTable table = DataFiles.Read("samples/faithful.csv");
        GaussianMixtureFit fit = GaussianMixture.Fit(table.Rows, 3, new GaussianMixtureOptions { MaxIterations = 2 });
        Assert.Contains(GettingStarted.Trust(fit), doubt => doubt.Contains("IterationLimit", StringComparison.Ordinal));
    }

    private static string Page(string path) => string.Join('\n', Repository.ReadLines(path)) + "\n";
}
