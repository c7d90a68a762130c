using Latent.Data;
using Latent.Families;
using Latent.Mixtures.LatentClasses;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Mixtures;

/// <summary>What is done about the errors of classification in a three-step analysis.</summary>
public enum ThreeStepCorrection
{
    /// <summary>Nothing: assigned classes count as true ones, and effects are too small.</summary>
    None,

    /// <summary>Each row counts for every class with the inverse of the classification table, which leaves no bias [BolckCroonHagenaars2004].</summary>
    Bch,

    /// <summary>The assigned class is an indicator of the true one with known errors: the likelihood of it given the covariates is maximised [Vermunt2010].</summary>
    MaximumLikelihood,
}

/// <summary>Covariates after the classes: fit classes, assign rows, and regress the assigned class on covariates, corrected for wrong assignments.</summary>
public static class LatentClassThreeStep
{
    private const int MostSteps = 100;

    /// <summary>The third step.</summary>
    /// <param name="fit">The classes.</param>
    /// <param name="covariates">One complete row per row of the fit.</param>
    /// <param name="correction">What is done about errors of classification.</param>
    /// <param name="options">How the maximum-likelihood correction is fitted; null for the defaults.</param>
    /// <param name="cancellation">Stops early.</param>
    /// <exception cref="ArgumentException">Rows do not match, or a covariate is missing.</exception>
    /// <exception cref="NumericalException">The covariates are combinations of each other, or classes cannot be told apart.</exception>
    public static ThreeStepFit Fit(
        LatentClassFit fit, IRowSource covariates, ThreeStepCorrection correction = ThreeStepCorrection.MaximumLikelihood, EmOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(covariates);
        int classes = fit.Classes;
        int[] assigned = fit.Predict();
        double[][] table = Table(fit, assigned);
        if (correction == ThreeStepCorrection.MaximumLikelihood)
        {
            RowSource indicator = RowSource.From([.. assigned.Select(code => (double)code)], 1).WithWeights(ItemCodes.Weights(fit.Items));
            RowSource rows = LatentClass.Joined(indicator, covariates);
            ProductFamily family = new(ProductPart.Of(new CategoricalFamily(classes)));
            LatentClassRegressionModel model = new(family, classes, LatentClass.Scales(covariates), LatentClass.Terms(covariates), ["assigned"], keepItems: true);
            LatentClassRegression start = new(new double[classes * (covariates.Columns + 1)], covariates.Columns + 1, [.. table.Select(row => family.Join(new Categorical(row)))]);
            double[][] found = Em.Fit(model, rows, start, options ?? EmOptions.Default, cancellation).Parameters.Coefficients;
            return new ThreeStepFit(found, table, LatentClass.Terms(covariates), confidence => new ThreeStepErrors(fit, assigned, table).Of(rows, LatentClass.Terms(covariates), found, null, true, confidence));
        }
        Matrix<double> inverse = correction == ThreeStepCorrection.Bch ? Matrix<double>.Build.DenseOfRowArrays(table).Inverse() : Matrix<double>.Build.DenseIdentity(classes);
        if (!inverse.Enumerate().All(double.IsFinite))
        {
            throw new NumericalException("Expected classes that assignments can tell apart, found a classification table without inverse. Use fewer classes.");
        }
        double[][] coefficients = Logit(fit.Items, covariates, assigned, inverse);
        return new ThreeStepFit(coefficients, table, LatentClass.Terms(covariates), confidence => new ThreeStepErrors(fit, assigned, table).Of(
            LatentClass.Joined(fit.Items, covariates), LatentClass.Terms(covariates), coefficients, inverse, correction == ThreeStepCorrection.Bch, confidence));
    }

    /// <summary>P(assigned class | true class).</summary>
    private static double[][] Table(LatentClassFit fit, int[] assigned)
    {
        double[] posteriors = fit.Posteriors();
        double[][] table = [.. Enumerable.Range(0, fit.Classes).Select(_ => new double[fit.Classes])];
        for (int row = 0; row < assigned.Length; row++)
        {
            for (int k = 0; k < fit.Classes; k++)
            {
                table[k][assigned[row]] += fit.Items.Weight(row) * posteriors[row * fit.Classes + k];
            }
        }
        return [.. table.Select(own => own.Sum() is var sum and > 0 ? Array.ConvertAll(own, value => value / sum) : throw new NumericalException("Expected classes with rows, found an empty one. Use fewer classes."))];
    }

    /// <summary>Newton's method for Σ w Σₖ tₖ·log πₖ(z), t the row of the inverse table for the assigned class: concave, since each row of it sums to one.</summary>
    private static double[][] Logit(IRowSource items, IRowSource covariates, int[] assigned, Matrix<double> inverse)
    {
        RowSource rows = LatentClass.Joined(items, covariates);
        double[] scales = LatentClass.Scales(covariates);
        (int classes, int terms) = (inverse.RowCount, scales.Length);
        int size = (classes - 1) * terms;
        Vector<double> beta = Vector<double>.Build.Dense(size);
        (double value, Vector<double> gradient, Matrix<double> information) = Derivatives(beta);
        for (int step = 0; step < MostSteps && gradient.AbsoluteMaximum() > 1e-12 * rows.TotalWeight; step++)
        {
            Vector<double> direction = information.Solve(gradient);
            if (!direction.Enumerate().All(double.IsFinite))
            {
                throw new NumericalException("Expected covariates that are no combinations of each other or of the intercept, found such. Leave one out.");
            }
            double length = 1;
            (double Value, Vector<double> Gradient, Matrix<double> Information) next = Derivatives(beta + direction);
            for (; !(next.Value >= value - 1e-12 * Math.Abs(value)) && length > 1e-8; length /= 2)
            {
                next = Derivatives(beta + length / 2 * direction);
            }
            beta += length * direction;
            (value, gradient, information) = next;
        }
        return [new double[terms], .. Enumerable.Range(0, classes - 1).Select(k => Enumerable.Range(0, terms).Select(term => beta[k * terms + term] / scales[term]).ToArray())];

        (double, Vector<double>, Matrix<double>) Derivatives(Vector<double> at)
        {
            double sum = 0;
            Vector<double> first = Vector<double>.Build.Dense(size);
            Matrix<double> second = Matrix<double>.Build.Dense(size, size);
            double[] cells = new double[rows.Columns];
            double[] z = new double[terms];
            double[] predictors = new double[classes];
            for (long row = 0; row < rows.Rows; row++)
            {
                rows.CopyRow(row, cells);
                double weight = rows.Weight(row);
                for (int term = 0; term < terms; term++)
                {
                    z[term] = term == 0 ? 1 : cells[items.Columns + term - 1] / scales[term];
                }
                for (int k = 1; k < classes; k++)
                {
                    predictors[k] = 0;
                    for (int term = 0; term < terms; term++)
                    {
                        predictors[k] += at[(k - 1) * terms + term] * z[term];
                    }
                }
                double most = predictors.Max();
                double logTotal = most + Math.Log(predictors.Sum(predictor => Math.Exp(predictor - most)));
                for (int k = 0; k < classes; k++)
                {
                    double target = inverse[assigned[row], k];
                    double share = Math.Exp(predictors[k] - logTotal);
                    sum += weight * target * (predictors[k] - logTotal);
                    for (int a = 0; a < terms && k > 0; a++)
                    {
                        first[(k - 1) * terms + a] += weight * (target - share) * z[a];
                        for (int l = 1; l < classes; l++)
                        {
                            double curve = weight * share * ((k == l ? 1 : 0) - Math.Exp(predictors[l] - logTotal)) * z[a];
                            for (int b = 0; b < terms; b++)
                            {
                                second[(k - 1) * terms + a, (l - 1) * terms + b] += curve * z[b];
                            }
                        }
                    }
                }
            }
            return (sum, first, second);
        }
    }
}
