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

    public static TheoryData<string> Others => ["tmm", "mixture --family normal", "mfa --factors 1 --uniquenesses isotropic", "mixreg --formula waiting~eruptions"];

    /// <summary>The weights of all but gmm, whose own test is above: with a prior of so many rows each, all but equal.</summary>
    [Theory]
    [MemberData(nameof(Others))]
    public void Every_mixture_has_the_weight_prior(string model)
    {
        double Largest(params string[] more) =>
            Cli.Run(["fit", .. model.Split(' '), Data.Faithful, "-k", "2", "--json", .. more]).Ok().Json.GetProperty("parameters").GetProperty("weights")[0].GetDouble();
        Assert.True(Largest() > 0.54);
        Assert.InRange(Largest("--weight-prior", "100000"), 0.5, 0.502);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Every_mixture_can_lose_components_that_are_not_worth_their_parameters(string model)
    {
        JsonElement fit = Cli.Run(["fit", .. model.Split(' '), Data.Faithful, "-k", "6", "--annihilate", "--json"]).Ok().Json;
        JsonElement[] path = [.. fit.GetProperty("annihilation").EnumerateArray()];
        Assert.Equal(1, path[^1].GetProperty("components").GetInt32());
        Assert.Equal(fit.GetProperty("components").GetInt32(), path.MinBy(step => step.GetProperty("messageLength").GetDouble()).GetProperty("components").GetInt32());
    }

    /// <summary>Answers that one class alone could give do not lose their density with it.</summary>
    [Fact]
    public void Classes_that_are_not_worth_their_parameters_go()
    {
        string titanic = Path.Join(Data.Repository, "samples", "titanic.csv");
        JsonElement fit = Cli.Run("fit", "lca", titanic, "--weights", "count", "-k", "6", "--annihilate", "--json").Ok().Json;
        JsonElement[] path = [.. fit.GetProperty("annihilation").EnumerateArray()];
        Assert.Equal(1, path[^1].GetProperty("components").GetInt32());
        JsonElement one = Cli.Run("fit", "lca", titanic, "--weights", "count", "-k", "1", "--json").Ok().Json;
        Assert.Equal(one.GetProperty("logLikelihood").GetDouble(), path[^1].GetProperty("logLikelihood").GetDouble(), 1e-3);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Every_mixture_heeds_the_policy(string model)
    {
        // Eight rows alike beside others that are spread; for regressions two lines without any error.
        string rows = "eruptions,waiting\n" + string.Concat(Enumerable.Range(0, 30).Select(row =>
            model.StartsWith("mixreg", StringComparison.Ordinal) ? FormattableString.Invariant($"{row},{(row % 2 == 0 ? row : 40 - row)}\n")
            : row < 8 ? "1,1\n" : FormattableString.Invariant($"{5 + row % 5},{5 + row * 7 % 6}\n")));
        CliResult Fit(string policy) => Cli.Run(new CliConsole { Input = rows }, ["fit", .. model.Split(' '), "-", "-k", "2", "--starts", "4", "--json", "--degeneracy", policy]);
        Assert.Equal(2, Fit("regularise").Ok().Json.GetProperty("components").GetInt32());
        JsonElement dropped = Fit("drop").Ok().Json;
        Assert.Equal(1, dropped.GetProperty("components").GetInt32());
        Assert.Contains(dropped.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("was dropped", StringComparison.Ordinal));
        Assert.Contains("degenerate", Fit("throw").Refused(65));
    }

    [Theory]
    [InlineData("weights that depend on the row", "mixreg", "--formula", "waiting ~ 1", "--concomitant", "~ eruptions", "--weight-prior", "2")]
    [InlineData("where rows form groups", "mixreg", "--formula", "waiting ~ 1", "--id", "eruptions", "--annihilate")]
    [InlineData("annihilation", "mixreg", "--formula", "waiting ~ 1", "--zero-inflated", "~ 1", "--annihilate", "--family", "poisson")]
    [InlineData("--weight-prior", "lca", "--covariates", "~ eruptions", "--columns", "waiting", "--weight-prior", "2")]
    public void What_does_not_go_together_is_refused(string expected, params string[] arguments) =>
        Assert.Contains(expected, Cli.Run(["fit", .. arguments, Data.Faithful, .. arguments.Contains("--zero-inflated") ? (string[])[] : ["-k", "2"]]).Refused(2));

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
