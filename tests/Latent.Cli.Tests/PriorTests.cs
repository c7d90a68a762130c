namespace Latent.Cli.Tests;

/// <summary>What <c>fit gmm --prior</c> changes.</summary>
public sealed class PriorTests
{
    // mclust 6.0.0: me(faithful, "VVV", unmap(1 + (eruptions > 3)), prior = priorControl()); without the prior −1130.26396.
    [Theory]
    [InlineData("none", -1130.26396)]
    [InlineData("map", -1130.50926)]
    public void The_prior_is_mclusts(string prior, double logLikelihood)
    {
        double found = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--prior", prior, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        Assert.Equal(logLikelihood, found, 1e-4);
    }

    [Fact]
    public void Standard_errors_of_a_prior_need_the_order_of_the_fit()
    {
        CliResult refused = Cli.Run("fit", "gmm", Path.Join(Data.Repository, "samples", "iris.csv"), "--start-labels", "species", "--prior", "map", "--standard-errors", "information");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--prior", refused.Error);
    }
}
