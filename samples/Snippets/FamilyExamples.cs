using Latent.Data;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Snippets;

/// <summary>The examples of the pages on component families and latent classes.</summary>
public static class FamilyExamples
{
    /// <summary>Two rates of events.</summary>
    public static MixtureFit<Poisson> Counts(double[] counts)
    {
        #region poisson
        MixtureFit<Poisson> fit = Mixture.Fit(new PoissonFamily(), RowSource.From(counts), components: 2);
        foreach ((double weight, Poisson component) in fit.Weights.Zip(fit.Components))
        {
            Console.WriteLine($"{weight:P1} with {component.Rate:F2} events");
        }
        #endregion
        return fit;
    }

    /// <summary>Columns of several kinds.</summary>
    public static MixtureFit<Product> Mixed(RowSource rows)
    {
        #region mixed
        ProductFamily people = new(
            ProductPart.Of(new BernoulliFamily()),                                    // smokes
            ProductPart.Of(new PoissonFamily()),                                      // visits
            ProductPart.Of<FullGaussianFamily, Gaussian>(new FullGaussianFamily(2), 2)); // height and weight
        MixtureFit<Product> fit = Mixture.Fit(people, rows, components: 2);
        double rate = fit.Components[0].Part<Poisson>(1).Rate;
        #endregion
        Console.WriteLine(rate);
        return fit;
    }

    /// <summary>Latent classes of items.</summary>
    public static LatentClassFit Classes(RowSource items)
    {
        #region lca
        LatentClassFit fit = LatentClass.Fit(items, classes: 2);

        Console.WriteLine($"log-likelihood {fit.LogLikelihood:F2}, G² {fit.GSquared:F1} on {fit.DegreesOfFreedom} degrees of freedom, entropy R² {fit.EntropyRSquared:F2}");
        double yes = fit.Probabilities[0][2][1]; // of the largest class, third item, second category
        ParameterEstimates errors = fit.StandardErrors();
        #endregion
        Console.WriteLine($"{yes} {errors.Parameters.Count}");
        return fit;
    }

    /// <summary>Two classes or three?</summary>
    public static ClassNumberTest Test(RowSource items)
    {
        #region classes
        ClassNumberTest test = LatentClassSelection.Test(LatentClass.Fit(items, 2), LatentClass.Fit(items, 3), replicates: 99);
        Console.WriteLine($"p = {test.PValue:F2}");
        #endregion
        return test;
    }

    /// <summary>What membership depends on.</summary>
    public static LatentClassRegressionFit Covariates(RowSource items, RowSource covariates)
    {
        #region covariates
        LatentClassRegressionFit fit = LatentClass.FitWithCovariates(items, covariates, classes: 2);
        double effect = fit.Coefficients[1][1]; // of the first covariate on the log-odds of the second class against the first
        ParameterEstimates errors = fit.StandardErrors();

        ThreeStepFit corrected = LatentClassThreeStep.Fit(LatentClass.Fit(items, 2), covariates, ThreeStepCorrection.Bch);
        #endregion
        Console.WriteLine($"{effect} {errors.Parameters.Count} {corrected.Coefficients[1][1]}");
        return fit;
    }
}
