using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>What keeps mixtures sound, as options of <c>fit gmm</c>: bounds, priors, policies, annihilation.</summary>
public sealed class MixtureOptionTests
{
    private const string Alike = "a,b\n1,1\n1,1\n1,1\n1,1\n5,6\n7,5\n6,9\n8,8\n9,5\n5,9\n7,7\n6,6\n8,6\n";

    [Fact]
    public void The_ratio_of_eigenvalues_is_bounded()
    {
        JsonElement fit = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--covariance", "spherical", "--eigenvalue-ratio", "1", "--json").Ok().Json;
        double[] variances = [.. fit.GetProperty("parameters").GetProperty("covariances").EnumerateArray().Select(matrix => matrix[0][0].GetDouble())];
        Assert.Equal(variances[0], variances[1], 1e-12 * variances[0]);
        Assert.Contains("tied", Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--covariance", "tied", "--eigenvalue-ratio", "2").Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("1 or more", Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--eigenvalue-ratio", "0.5").Refused(2));
    }

    [Fact]
    public void A_weight_prior_draws_weights_together()
    {
        double Largest(params string[] more) =>
            Cli.Run(["fit", "gmm", Data.Faithful, "-k", "2", "--json", .. more]).Ok().Json.GetProperty("parameters").GetProperty("weights")[0].GetDouble();
        Assert.Equal(.6441, Largest(), 1e-3);
        // (272·0.644 + 999)/(272 + 2·999), but for what the means and covariances move
        Assert.Equal(.517, Largest("--weight-prior", "1000"), 2e-3);
    }

    [Fact]
    public void Degenerate_components_end_as_asked()
    {
        CliResult Fit(string policy) => Cli.Run(new CliConsole { Input = Alike }, "fit", "gmm", "-", "-k", "2", "--starts", "4", "--json", "--degeneracy", policy);
        Assert.Equal(2, Fit("regularise").Ok().Json.GetProperty("components").GetInt32());
        JsonElement dropped = Fit("drop").Ok().Json;
        Assert.Equal(1, dropped.GetProperty("components").GetInt32());
        Assert.Contains(dropped.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("was dropped", StringComparison.Ordinal));
        Assert.Contains("degenerate", Fit("throw").Refused(65));
    }

    [Fact]
    public void Annihilation_finds_the_number()
    {
        string[] fit = ["fit", "gmm", "-", "-k", "10", "--annihilate"];
        CliConsole console = new() { Input = Data.Groups(300, 2, 3) };
        JsonElement json = Cli.Run(console, [.. fit, "--json"]).Ok().Json;
        Assert.Equal(3, json.GetProperty("components").GetInt32());
        JsonElement[] path = [.. json.GetProperty("annihilation").EnumerateArray()];
        Assert.Equal(3, path.MinBy(step => step.GetProperty("messageLength").GetDouble()).GetProperty("components").GetInt32());
        Assert.Contains("the shortest message", Cli.Run(console, fit).Ok().Out);
    }

    [Fact]
    public void A_spurious_maximum_is_a_warning()
    {
        string rows = "a,b\n" + string.Concat(Enumerable.Range(0, 60).Select(row => row < 4
            ? FormattableString.Invariant($"{3 + .01 * row},{3 + .01 * (row % 2)}\n")
            : FormattableString.Invariant($"{row % 8 * .9 - 4},{row * 7 % 11 * .8 - 4}\n")));
        JsonElement fit = Cli.Run(new CliConsole { Input = "g," + rows.Replace("\n", "\nx,", StringComparison.Ordinal)[..^2].Replace("x,3", "y,3", StringComparison.Ordinal) }, "fit", "gmm", "-", "--start-labels", "g", "--json").Ok().Json;
        Assert.Contains(fit.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("happen to lie close together", StringComparison.Ordinal));
    }
}
