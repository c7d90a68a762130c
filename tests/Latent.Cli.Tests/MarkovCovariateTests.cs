using System.Globalization;
using System.Text;
using System.Text.Json;
using Latent.Data;
using Latent.IO;
using Latent.Markov;

namespace Latent.Cli.Tests;

/// <summary>Transitions that depend on covariates, and states that are regressions, through the command.</summary>
public sealed class MarkovCovariateTests : TempFolder
{
    private const int Length = 60;

    [Fact]
    public void Transitions_depend_on_a_formula_from_fit_to_prediction()
    {
        string data = Write("steps.csv", Table(12));
        string[] given = ["--sequence", "id", "--emission", "poisson", "--columns", "n", "--transition-formula", "~ z + group"];
        JsonElement fit = Cli.Run(["fit", "hmm", data, .. given, "-k", "2", "--starts", "4", "--standard-errors", "information", "--json", "-o", At("m.json")]).Ok().Json;
        Assert.Equal(["n", "z", "group"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(1 + 2 * 3 + 2, fit.GetProperty("freeParameters").GetInt32());
        JsonElement logits = fit.GetProperty("parameters").GetProperty("logits");
        Assert.Equal(["(Intercept)", "z", "groupb"], logits.GetProperty("terms").EnumerateArray().Select(name => name.GetString()));

        // The library, on the same steps: indicators of text by hand.
        (SequenceSource sequences, _) = Library(data, ["n"]);
        HiddenMarkovFit<Latent.Families.Poisson> own = HiddenMarkovModel.Fit(new Latent.Families.PoissonFamily(), sequences, 2, new() { Starts = 4 });
        Assert.Equal(own.LogLikelihood, fit.GetProperty("logLikelihood").GetDouble(), 1e-9 * Math.Abs(own.LogLikelihood));
        Assert.Equal(own.Bic, fit.GetProperty("bic").GetDouble(), 1e-5);
        for (int term = 0; term < 3; term++)
        {
            double found = logits.GetProperty("coefficients")[0][1][term].GetDouble();
            Assert.Equal(own.Model.Logits![0, 1, term], found, 1e-4 * (1 + Math.Abs(found)));
        }
        JsonElement slope = fit.GetProperty("standardErrors").GetProperty("parameters").EnumerateArray().Single(found => found.GetProperty("name").GetString() == "logit z[1, 2]");
        Assert.True(slope.GetProperty("pValue").GetDouble() < 1e-3);

        // What is read back computes the same.
        string[][] lines = Lines(Cli.Run("predict", At("m.json"), data, "--sequence", "id").Ok().Out);
        Assert.Equal(own.Model.Viterbi(sequences).SelectMany(path => path.States).Select(state => (state + 1).ToString(CultureInfo.InvariantCulture)), lines[1..].Select(line => line[0]));
        double[] posteriors = own.Model.Posteriors(sequences);
        for (int step = 0; step < lines.Length - 1; step++)
        {
            Assert.Equal(posteriors[2 * step], double.Parse(lines[step + 1][1], CultureInfo.InvariantCulture), 1e-5);
        }
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), Cli.Run("score", At("m.json"), data, "--sequence", "id", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-9);
        Assert.Contains("Moves: log-odds against staying", Cli.Run("show", At("m.json")).Ok().Out);
        JsonElement further = Cli.Run(["fit", "hmm", data, .. given, "--start", At("m.json"), "--json"]).Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), further.GetProperty("logLikelihood").GetDouble(), 1e-6);
        Assert.Contains("depend on nothing", Cli.Run("sample", At("m.json"), "-n", "3").Refused(ExitCode.Usage));
        string[][] residuals = Lines(Cli.Run("predict", At("m.json"), data, "--sequence", "id", "--residuals", "forecast").Ok().Out);
        Assert.Equal(["lower n", "residual n", "upper n"], residuals[0]);
        double[] scores = [.. residuals[1..].Select(line => double.Parse(line[1], CultureInfo.InvariantCulture))];
        Assert.Equal(0, scores.Average(), 6 / Math.Sqrt(scores.Length));
    }

    [Theory]
    [InlineData("gaussian", "y")]
    [InlineData("categorical", "s")]
    [InlineData("mixed", "n,s")]
    [InlineData("gmm", "y")]
    public void Covariates_go_with_every_emission(string emission, string columns)
    {
        string data = Write("steps.csv", Table(6));
        string[] given = ["--sequence", "id", "--emission", emission, "--columns", columns, "--transition-formula", "~ z", "-k", "2", "--starts", "2"];
        JsonElement fit = Cli.Run(["fit", "hmm", data, .. given, "--json", "-o", At("m.json")]).Ok().Json;
        Assert.Equal([.. columns.Split(','), "z"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), Cli.Run("score", At("m.json"), data, "--sequence", "id", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-8);
        double plain = Cli.Run(["fit", "hmm", data, .. given.Where(text => text is not ("--transition-formula" or "~ z")), "--json"]).Ok().Json.GetProperty("logLikelihood").GetDouble();
        Assert.True(fit.GetProperty("logLikelihood").GetDouble() > plain + 5, $"Expected covariates to matter, found {fit.GetProperty("logLikelihood").GetDouble():R} and {plain:R}.");
    }

    [Fact]
    public void Regressions_with_lags_are_fitted_saved_and_read_back()
    {
        string data = Write("steps.csv", Table(10));
        string[] given = ["--sequence", "id", "--emission", "regression", "--formula", "y ~ x + group", "--lags", "1", "-k", "2", "--starts", "6"];
        JsonElement fit = Cli.Run(["fit", "hmm", data, .. given, "--standard-errors", "information", "--json", "-o", At("m.json")]).Ok().Json;
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal(["y", "x", "group"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["(Intercept)", "x", "groupb", "lag1"], parameters.GetProperty("terms").EnumerateArray().Select(name => name.GetString()));

        // Drawn with slopes of 2 and −1 on x, 0.5 and −0.4 on the response before.
        double[][] slopes = [.. parameters.GetProperty("coefficients").EnumerateArray().Select(own => (double[])[own[1].GetDouble(), own[3].GetDouble()]).OrderByDescending(own => own[0])];
        Assert.Equal(2, slopes[0][0], 0.15);
        Assert.Equal(-1, slopes[1][0], 0.3);
        Assert.Equal(0.5, slopes[0][1], 0.1);
        Assert.Equal(-0.4, slopes[1][1], 0.15);

        (_, SequenceSource steps) = Library(data, ["y", "x", "group"]);
        MarkovRegressionFit own = MarkovRegression.Fit(steps, "y ~ x + group", 2, null, new() { Starts = 6 }, lags: 1);
        Assert.Equal(own.Fit.LogLikelihood, fit.GetProperty("logLikelihood").GetDouble(), 1e-9 * Math.Abs(own.Fit.LogLikelihood));
        string[][] lines = Lines(Cli.Run("predict", At("m.json"), data, "--sequence", "id").Ok().Out);
        Assert.Equal(["label", "p1", "p2", "expected"], lines[0]);
        double[] expected = own.Expected(steps);
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step], lines[step + 1][3].Length == 0 ? double.NaN : double.Parse(lines[step + 1][3], CultureInfo.InvariantCulture), 1e-5);
        }
        Assert.Equal("", lines[1][3]);
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), Cli.Run("score", At("m.json"), data, "--sequence", "id", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Assert.Contains("lag1", Cli.Run("show", At("m.json")).Ok().Out);
        JsonElement further = Cli.Run(["fit", "hmm", data, .. given[..^2], "--start", At("m.json"), "--json"]).Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), further.GetProperty("logLikelihood").GetDouble(), 1e-6);
        Assert.Single(further.GetProperty("starts").EnumerateArray());
        Assert.Contains("found regressions", Cli.Run("predict", At("m.json"), data, "--sequence", "id", "--residuals", "forecast").Refused(ExitCode.Usage));
        Assert.Contains("response alone", Cli.Run("sample", At("m.json"), "-n", "3").Refused(ExitCode.Usage));
        Assert.Contains("Expected a start with the emissions", Cli.Run("fit", "hmm", data, "--sequence", "id", "--columns", "y,x,group", "--emission", "mixed", "-k", "2", "--start", At("m.json")).Refused(ExitCode.Usage));

        // Both at once, a count by states.
        string table = Cli.Run("select", "hmm", data, "--sequence", "id", "--emission", "regression", "--formula", "n ~ 1", "--family", "poisson", "--transition-formula", "~ z", "-k", "1..2", "--starts", "2").Ok().Out;
        Assert.Matches(@"2 .*\*", table);
    }

    /// <summary>A regression on nothing is the Gaussian of its column, and one of counts the Poisson of its column.</summary>
    [Theory]
    [InlineData("gaussian", "y")]
    [InlineData("poisson", "n")]
    public void A_formula_without_terms_is_the_ordinary_model(string family, string column)
    {
        string data = Write("steps.csv", Table(4));
        double ordinary = Cli.Run("fit", "hmm", data, "--sequence", "id", "--emission", family, "--columns", column, "-k", "2", "--starts", "4", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        JsonElement fit = Cli.Run(
            "fit", "hmm", data, "--sequence", "id", "--emission", "regression", "--family", family, "--formula", $"{column} ~ 1", "-k", "2", "--starts", "4", "--json").Ok().Json;
        Assert.Equal(ordinary, fit.GetProperty("logLikelihood").GetDouble(), 1e-9 * Math.Abs(ordinary));
    }

    [Fact]
    public void A_cut_run_ends_with_the_same_bits()
    {
        string data = Write("steps.csv", Table(6));
        string[] given = ["fit", "hmm", data, "--sequence", "id", "--emission", "regression", "--formula", "y ~ x", "--lags", "1", "--transition-formula", "~ z", "-k", "2", "--starts", "3"];
        Cli.Run([.. given, "-o", At("whole.json")]).Ok();
        Cli.Run([.. given, "--checkpoint", At("c"), "--time-limit", "0s"]).Ok();
        Assert.Contains("Resumed", Cli.Run([.. given, "--checkpoint", At("c"), "--resume", "--time-limit", "10m", "-o", At("m.json")]).Ok().Error);
        JsonElement whole = ModelFile.Read(At("whole.json")).Parameters;
        Assert.Equal(whole.GetRawText(), ModelFile.Read(At("m.json")).Parameters.GetRawText());
        Cli.Run([.. given.Select(text => text == "~ z" ? "~ x" : text), "--checkpoint", At("c"), "--resume"]).Refused(ExitCode.Data);
    }

    [Theory]
    [InlineData(ExitCode.Data, "'w'", "--emission", "poisson", "--columns", "n", "--transition-formula", "~ w")]
    [InlineData(ExitCode.Usage, "one value alone", "--emission", "poisson", "--columns", "n", "--transition-formula", "~ one")]
    [InlineData(ExitCode.Usage, "combination", "--emission", "poisson", "--columns", "n", "--transition-formula", "~ z + I(2*z)")]
    [InlineData(ExitCode.Data, "line 5, column 'hole'", "--emission", "poisson", "--columns", "n", "--transition-formula", "~ hole")]
    [InlineData(ExitCode.Data, "line 5, column 'hole'", "--emission", "regression", "--formula", "y ~ hole")]
    [InlineData(ExitCode.Data, "'w'", "--emission", "regression", "--formula", "y ~ w")]
    [InlineData(ExitCode.Usage, "at least one covariate", "--columns", "y", "--transition-formula", "~ 1")]
    [InlineData(ExitCode.Usage, "none. Name them", "--columns", "z", "--transition-formula", "~ z")]
    [InlineData(ExitCode.Usage, "--stationary", "--columns", "y", "--transition-formula", "~ z", "--stationary")]
    [InlineData(ExitCode.Usage, "--durations", "--columns", "y", "--transition-formula", "~ z", "--durations", "poisson")]
    [InlineData(ExitCode.Usage, "found hard", "--columns", "y", "--transition-formula", "~ z", "--responsibilities", "hard")]
    [InlineData(ExitCode.Usage, "--emission regression, found none", "--emission", "regression")]
    [InlineData(ExitCode.Usage, "--lags with", "--columns", "y", "--lags", "1")]
    [InlineData(ExitCode.Usage, "--family with", "--columns", "y", "--family", "poisson")]
    [InlineData(ExitCode.Usage, "name of a column", "--columns", "y", "--transition-formula", "~ ")]
    [InlineData(ExitCode.Usage, "text in column 'group'", "--columns", "y,group", "--transition-formula", "~ z")]
    [InlineData(ExitCode.Usage, "fewer lags", "--emission", "regression", "--formula", "y ~ x", "--lags", "60")]
    public void What_is_wrong_is_said(int code, string expected, params string[] arguments)
    {
        string data = Write("steps.csv", Table(2));
        Assert.Contains(expected, Cli.Run(["fit", "hmm", data, "--sequence", "id", "-k", "2", "--starts", "1", .. arguments]).Refused(code));
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        string data = Write("steps.csv", Table(4));
        Cli.Run("fit", "hmm", data, "--sequence", "id", "--columns", "y", "--transition-formula", "~ z", "-k", "2", "--starts", "1", "--max-iterations", "3", "-o", At("m.json")).Ok();
        string text = File.ReadAllText(At("m.json"));
        File.WriteAllText(At("broken.json"), text.Replace("\"variables\"", "\"variable\"", StringComparison.Ordinal));
        Assert.Contains("broken.json", Cli.Run("show", At("broken.json")).Refused(ExitCode.Data));
        File.WriteAllText(At("broken.json"), text.Replace("\"scales\"", "\"scale\"", StringComparison.Ordinal));
        Assert.Contains("logits", Cli.Run("show", At("broken.json")).Refused(ExitCode.Data));
    }

    /// <summary>The columns that states emit, with z and an indicator of the group as covariates; and the steps by themselves.</summary>
    private static (SequenceSource Emitted, SequenceSource Steps) Library(string data, string[] columns)
    {
        using RowTable table = DataFiles.Read(data, DataOptions.Default with { Columns = [.. columns.Union(["z", "group"])], Sequence = "id", TextCells = TextCells.Categories });
        RowSource all = table.Rows;
        double[] covariates = new double[2 * all.Rows];
        double[] cells = new double[all.Columns];
        for (int row = 0; row < all.Rows; row++)
        {
            all.CopyRow(row, cells);
            covariates[2 * row] = cells[all.Schema.IndexOf("z")];
            covariates[2 * row + 1] = all.Schema[all.Schema.IndexOf("group")].Levels[(int)cells[all.Schema.IndexOf("group")]] == "b" ? 1 : 0;
        }
        int[] lengths = [.. Enumerable.Repeat(Length, (int)all.Rows / Length)];
        SequenceSource emitted = SequenceSource.From(all.Select(columns), lengths);
        return (emitted.WithCovariates(RowSource.From(covariates, 2)), emitted);
    }

    /// <summary>Two states that change by z and by group: counts n about 2 and 9, symbols s, and y a regression on x and on the y before; z is far from 0, and there are a constant and a column with a hole.</summary>
    private static string Table(int sequences)
    {
        Random random = new(7);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        StringBuilder text = new("id,n,s,x,y,z,group,one,hole\n");
        int line = 1;
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            int state = 0;
            double before = 0;
            for (int t = 0; t < Length; t++)
            {
                double z = 50 + 2 * Normal();
                double x = Normal();
                bool b = random.Next(2) == 1;
                before = state == 0 ? 1 + 0.5 * before + 2 * x + 0.3 * Normal() : -4 - 0.4 * before - x + 0.6 * Normal();
                int count = Enumerable.Range(0, 40).Count(_ => random.NextDouble() < (state == 0 ? 2 : 9) / 40.0);
                char symbol = "uvw"[random.NextDouble() < 0.85 ? state * 2 : random.Next(3)];
                line++;
                text.Append(CultureInfo.InvariantCulture, $"q{sequence},{count},{symbol},{x:R},{before:R},{z:R},{(b ? 'b' : 'a')},3,{(line == 5 ? "" : $"{random.Next(9)}")}\n");
                double leave = 1 / (1 + Math.Exp(2 - (z - 50) * (state == 0 ? 1 : -1) - (b ? 0.8 : 0)));
                state = random.NextDouble() < leave ? 1 - state : state;
            }
        }
        return text.ToString();
    }

    private static string[][] Lines(string text) => [.. text.TrimEnd().Split('\n').Select(line => line.TrimEnd('\r').Split(','))];
}
