using Latent.Cli.Output;

namespace Latent.Cli.Tests;

/// <summary>What people read.</summary>
public sealed class TextTests : TempFolder
{
    private static readonly CliConsole _terminal = new() { IsTerminal = true, Colors = true };

    [Fact]
    public void The_summary_says_what_a_reader_needs()
    {
        string text = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2").Ok().Out;
        foreach (string part in (string[])["Gaussian mixture", "full covariances", "2 components", "272 rows", "faithful.csv", "Converged", "-1130.264", "AIC", "BIC", "ICL", "eruptions", "waiting", "64.4 %", "4.290 ± 0.412", "Correlations", "starts"])
        {
            Assert.Contains(part, text);
        }
    }

    [Fact]
    public void Redirected_output_has_no_control_codes_and_no_trailing_spaces()
    {
        CliResult result = Cli.Run("fit", "gmm", Data.Faithful, "-k", "3", "--max-iterations", "2");
        foreach (string text in (string[])[result.Out, result.Error, Cli.Run("models").Out, Cli.Run("--help").Out])
        {
            Assert.DoesNotContain(text, character => char.IsControl(character) && character != '\n');
        }
        Assert.DoesNotContain(result.Out.Split('\n'), line => line.EndsWith(' '));
    }

    [Fact]
    public void Colors_and_pictures_are_for_terminals()
    {
        string[] arguments = ["fit", "gmm", Data.Faithful, "-k", "2"];
        string colored = Cli.Run(_terminal, arguments).Ok().Out;
        Assert.Contains("\u001b[", colored);
        Assert.Contains(colored, character => character is > '\u2800' and <= '\u28ff');
        string plain = Cli.Run(_terminal with { Colors = false }, arguments).Ok().Out;
        Assert.DoesNotContain('\u001b', plain);
        Assert.Contains("└", plain);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void Lines_fit_the_window(int width)
    {
        CliConsole terminal = _terminal with { Colors = false, Width = width };
        string data = Write("wide.csv", Data.Groups(80, 12, groups: 3));
        foreach (string[] arguments in (string[][])[["gmm", Data.Faithful, "-k", "3"], ["gmm", data, "-k", "3", "--covariance", "diag"], ["gmm", data, "-k", "2"], ["kmeans", data, "-k", "5"]])
        {
            string text = Cli.Run(terminal, ["fit", .. arguments]).Ok().Out;
            Assert.All(text.Split('\n').Where(line => !line.Contains(Path.GetTempPath()) && !line.Contains("samples")), line => Assert.True(line.Length <= width, $"{line.Length}: {line}"));
        }
    }

    [Fact]
    public void Warnings_go_to_standard_error_with_a_remedy()
    {
        CliResult result = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--starts", "1").Ok();
        Assert.Contains("Warning: Only one start", result.Error);
        Assert.Contains("--starts", result.Error);
        Assert.DoesNotContain("Warning", result.Out);
        CliResult json = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--starts", "1", "--json").Ok();
        Assert.Empty(json.Error);
        Assert.Contains("Only one start", json.Json.GetProperty("warnings")[0].GetString());
    }

    [Fact]
    public void Too_many_parameters_for_the_rows_are_pointed_out() =>
        Assert.Contains("free parameters were fitted to 20 rows", Cli.Run("fit", "gmm", Write("few.csv", Data.Groups(20, 3)), "-k", "2").Error);

    [Theory]
    [InlineData(0.0, 4, "0")]
    [InlineData(1234.5678, 6, "1234.57")]
    [InlineData(-0.00001234, 3, "-1.23e-5")]
    [InlineData(1e300, 3, "1e+300")]
    public void Short_numbers(double value, int digits, string expected) => Assert.Equal(expected, Numbers.Short(value, digits));

    [Theory]
    [InlineData(0.1234, 1.0, 3)]
    [InlineData(12.3, 100.0, 1)]
    [InlineData(0.0, 0.0, 2)]
    [InlineData(1e-12, 1.0, -1)]
    [InlineData(1.0, 1e9, -1)]
    public void Decimals_follow_the_spread(double resolution, double largest, int expected) => Assert.Equal(expected, Numbers.Decimals(resolution, largest));

    [Fact]
    public void Minus_zero_is_zero() => Assert.Equal("0.00", Numbers.Fixed(-0.0001, 2));
}
