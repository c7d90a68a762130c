using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

/// <summary>Poisson mixtures through the general entry.</summary>
public sealed class CountMixtureTests
{
    // Deaths of women over 80 per day in The Times, 1910-1912, and the days with that many [Hasselblad1969].
    private static readonly RowSource _deaths = RowSource.From((double[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
        .WithWeights((double[])[162, 267, 271, 185, 111, 61, 27, 8, 3, 1]);

    /// <summary>The optimum and its standard errors, from starts of its own: 0.35988539698, 1.25609510125, 2.66340435663; −1989.945859882964 [Hasselblad1969].</summary>
    [Fact]
    public void HasselbladsOptimum()
    {
        MixtureFit<Poisson> fit = Mixture.Fit(new PoissonFamily(), _deaths, 2, new MixtureOptions<Poisson> { Stopping = StoppingRule.RemainingGain(1e-12) });

        Close.Equal(-1989.945859882964, fit.LogLikelihood, 1e-9);
        Close.Equal([0.6401146, 0.3598854], [.. fit.Weights], 2e-5);
        Close.Equal([2.6634044, 1.2560951], [fit.Components[0].Rate, fit.Components[1].Rate], 2e-5);
        ParameterEstimates errors = fit.StandardErrors(_deaths);
        Close.Equal([0.194684299, 0.194684299, 0.250478270, 0.350029711], [.. errors.Parameters.Select(parameter => parameter.StandardError)], 1e-4);
        Assert.Equal(["weight[1]", "weight[2]", "rate[1, x1]", "rate[2, x1]"], errors.Parameters.Select(parameter => parameter.Name));
    }

    /// <summary>A component of zeros alone has rate 0, and the fit ends there: the zeros of a mixture of a point at 0 and a Poisson distribution.</summary>
    [Fact]
    public void ARateOfZeroIsAnEstimate()
    {
        double[] counts = [0, 0, 0, 0, 0, 0, 0, 0, 20, 21, 19, 25, 22, 18];

        MixtureFit<Poisson> fit = Mixture.Fit(new PoissonFamily(), RowSource.From(counts), 2);

        Assert.Equal(0, fit.Components[0].Rate, 1e-6);
        Close.Equal(8.0 / 14, fit.Weights[0], 1e-6);
        Assert.True(double.IsFinite(fit.LogLikelihood) && fit.Converged);
    }

    [Fact]
    public void WrongCellsAreNamed()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Mixture.Fit(new PoissonFamily(), RowSource.From((double[])[1, 2.5, 3]), 1));
        Assert.Contains("a count (0, 1, 2, …) in column 'x1', found 2.5 in row 2", refused.Message, StringComparison.Ordinal);
    }
}
