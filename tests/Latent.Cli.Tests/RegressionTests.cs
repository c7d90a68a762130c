using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Mixtures of regressions on the command line.</summary>
public sealed class RegressionTests : TempFolder
{
    private static readonly string _airquality = Path.Join(Data.Repository, "samples", "airquality.csv");
    private static readonly string _titanic = Path.Join(Data.Repository, "samples", "titanic.csv");

    [Fact]
    public void Coefficients_come_with_standard_errors_and_p_values()
    {
        JsonElement fit = Cli.Run("fit", "mixreg", _titanic, "--formula", "survived ~ class*sex + age", "--family", "binomial", "--weights", "count", "-k", "1", "--json").Ok().Json;
        Assert.Equal(-1071.6968572525, fit.GetProperty("logLikelihood").GetDouble(), 1e-5);
        Assert.Equal("(Intercept)", fit.GetProperty("parameters").GetProperty("terms")[0].GetString());
        Assert.Equal(9, fit.GetProperty("parameters").GetProperty("coefficients")[0].GetArrayLength());
        JsonElement sex = fit.GetProperty("standardErrors").GetProperty("parameters").EnumerateArray().Single(found => found.GetProperty("name").GetString() == "coefficient[1, sexMale]");
        Assert.Equal(0.53099, sex.GetProperty("standardError").GetDouble(), 1e-4);
        Assert.InRange(sex.GetProperty("pValue").GetDouble(), 1e-16, 1e-14);
    }

    [Fact]
    public void A_saved_model_scores_and_predicts_the_same_rows()
    {
        string data = Write("lines.csv", "y,x,g\n" + string.Join('\n', Enumerable.Range(0, 60).Select(row => FormattableString.Invariant($"{(row % 2 == 0 ? 1 : -1) * (row - 30) + Math.Sin(row * 7)},{row},{(row % 3 == 0 ? "p" : "q")}"))));
        JsonElement fit = Cli.Run("fit", "mixreg", data, "--formula", "y ~ x + g", "--concomitant", "~ x", "-k", "2", "-o", At("m.json"), "--json").Ok().Json;
        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-6);
        string[] lines = Cli.Run("predict", At("m.json"), data).Ok().Out.Split('\n');
        Assert.Equal("label,p1,p2,expected", lines[0].TrimEnd());
        Assert.Contains("log-odds against component 1", Cli.Run("show", At("m.json")).Ok().Out);
        string other = Write("other.csv", "y,x,g\n1,2,r\n");
        Assert.Contains("Expected one of p, q in column 'g', found 'r'", Cli.Run("predict", At("m.json"), other).Error);
    }

    /// <summary>What predict and score say of each row is what the saved coefficients say by the definition; drawn zeros that are structural are zeros.</summary>
    [Fact]
    public void Zeros_in_excess()
    {
        string data = Write("counts.csv", Counts());
        string[] arguments = ["fit", "mixreg", data, "--formula", "y ~ x", "--zero-inflated", "~ g", "--family", "negative-binomial"];
        JsonElement fit = Cli.Run([.. arguments, "-o", At("m.json"), "--json"]).Ok().Json;
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal("(Intercept),gq", string.Join(',', parameters.GetProperty("zeroTerms").EnumerateArray().Select(term => term.GetString())));
        double[] beta = [.. parameters.GetProperty("coefficients")[0].EnumerateArray().Select(value => value.GetDouble())];
        double[] gamma = [.. parameters.GetProperty("zero").EnumerateArray().Select(value => value.GetDouble())];
        double size = parameters.GetProperty("size")[0].GetDouble();

        string[] predicted = Cli.Run("predict", At("m.json"), data).Ok().Out.Split('\n');
        Assert.Equal("expected,zero,structural", predicted[0].TrimEnd());
        double total = 0;
        foreach ((string line, string prediction) in File.ReadLines(data).Skip(1).Zip(predicted.Skip(1)))
        {
            string[] cells = line.Split(',');
            double mean = Math.Exp(beta[0] + beta[1] * double.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture));
            double share = 1 / (1 + Math.Exp(-gamma[0] - (cells[2] == "q" ? gamma[1] : 0)));
            int y = int.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture);
            double count = MathNet.Numerics.Distributions.NegativeBinomial.PMF(size, size / (size + mean), y);
            double density = (1 - share) * count + (y == 0 ? share : 0);
            double[] found = [.. prediction.Split(',').Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal((1 - share) * mean, found[0], 1e-9 * mean);
            Assert.Equal(share, found[1], 1e-12);
            Assert.Equal(y == 0 ? share / density : 0, found[2], 1e-9);
            total += Math.Log(density);
        }
        Assert.Equal(total, fit.GetProperty("logLikelihood").GetDouble(), 1e-8 * Math.Abs(total));
        Assert.Equal(total, Cli.Run("score", At("m.json"), data, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-8 * Math.Abs(total));

        string shown = Cli.Run("show", At("m.json")).Ok().Out;
        Assert.Contains("Structural zeros", shown);
        Assert.Contains("zero[gq]", shown);
        Assert.Contains("p-value", shown);

        string[] drawn = Cli.Run("sample", At("m.json"), data, "--component", "--seed", "3").Ok().Out.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("y,component", drawn[0]);
        Assert.Equal(401, drawn.Length);
        Assert.Contains("0,0", drawn);
        Assert.Contains("0,1", drawn);
        Assert.DoesNotContain(drawn, line => line.EndsWith(",0", StringComparison.Ordinal) && line != "0,0");
    }

    [Fact]
    public void Zeros_in_excess_end_with_the_same_bits_after_a_checkpoint()
    {
        string data = Write("counts.csv", Counts());
        string[] arguments = ["fit", "mixreg", data, "--formula", "y ~ x", "--zero-inflated", "~ g"];
        Cli.Run([.. arguments, "-o", At("whole.json")]).Ok();
        Cli.Run([.. arguments, "--checkpoint", At("c"), "--time-limit", "0s"]).Ok();
        Cli.Run([.. arguments, "--checkpoint", At("c"), "--resume", "-o", At("resumed.json")]).Ok();
        Assert.Equal(File.ReadAllText(At("whole.json")), File.ReadAllText(At("resumed.json")));
    }

    [Fact]
    public void Responses_are_drawn_for_rows_of_terms()
    {
        Cli.Run("fit", "mixreg", _airquality, "--formula", "temperature ~ wind", "-k", "2", "-o", At("m.json")).Ok();
        JsonElement drawn = Cli.Run("sample", At("m.json"), _airquality, "--json").Ok().Json;
        Assert.Equal("temperature", drawn.GetProperty("columns")[0].GetString());
        Assert.Equal(153, drawn.GetProperty("rows").GetArrayLength());
        Assert.Contains("Expected rows of terms", Cli.Run("sample", At("m.json"), "-n", "5").Refused(2));
        Assert.Contains("or data", Cli.Run("sample", At("m.json")).Refused(2));
        Assert.Contains("found both -n 5", Cli.Run("sample", At("m.json"), _airquality, "-n", "5").Refused(2));
        Cli.Run("fit", "gmm", _airquality, "--columns", "wind", "-k", "1", "-o", At("g.json")).Ok();
        Assert.Contains("found gmm", Cli.Run("sample", At("g.json"), _airquality).Refused(2));
    }

    [Theory]
    [InlineData("Expected one component with --zero-inflated, found -k 2", "--formula", "y ~ x", "--zero-inflated", "~ g", "-k", "2")]
    [InlineData("Expected the family poisson or negative-binomial", "--formula", "y ~ x", "--zero-inflated", "~ g", "--family", "gamma")]
    [InlineData("found concomitant terms", "--formula", "y ~ x", "--zero-inflated", "~ g", "--concomitant", "~ x")]
    [InlineData("called 'h'", "--formula", "y ~ x", "--zero-inflated", "~ h")]
    [InlineData("Expected some zeros", "--formula", "I(y + 1) ~ x", "--zero-inflated", "~ 1")]
    public void What_is_wrong_with_zeros_is_said(string expected, params string[] arguments)
    {
        CliResult result = Cli.Run(["fit", "mixreg", Write("counts.csv", Counts()), .. arguments]);
        Assert.NotEqual(0, result.Code);
        Assert.Contains(expected, result.Error);
    }

    // Counts that grow with x, every third or second of them zero whatever x is, by g.
    private static string Counts()
    {
        Random random = new(5);
        return "y,x,g\n" + string.Concat(Enumerable.Range(0, 400).Select(row =>
        {
            double x = row % 20 / 10.0 - 1;
            bool q = row % 3 == 0;
            double mean = Math.Exp(1 + 0.7 * x) * MathNet.Numerics.Distributions.Gamma.Sample(random, 3, 3);
            int y = random.NextDouble() < (q ? 0.5 : 0.2) ? 0 : MathNet.Numerics.Distributions.Poisson.Sample(random, mean);
            return FormattableString.Invariant($"{y},{x},{(q ? "q" : "p")}\n");
        }));
    }

    [Theory]
    [InlineData("Expected --formula", "-k", "2")]
    [InlineData("Expected '~' at position 6", "-k", "2", "--formula", "ozone")]
    [InlineData("called 'oxone'", "-k", "2", "--formula", "oxone ~ wind")]
    [InlineData("expected a value", "-k", "2", "--formula", "ozone ~ wind")]
    [InlineData("Expected a positive response", "-k", "2", "--formula", "I(wind - 9) ~ temperature", "--family", "gamma")]
    public void What_is_wrong_is_said(string expected, params string[] arguments)
    {
        CliResult result = Cli.Run(["fit", "mixreg", _airquality, .. arguments]);
        Assert.NotEqual(0, result.Code);
        Assert.Contains(expected, result.Error);
    }
}
