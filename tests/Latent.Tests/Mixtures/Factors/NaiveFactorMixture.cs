using Latent.Factors;
using Latent.Testing;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Mixtures.Factors;

/// <summary>EM of a mixture of factor analysers with d × d matrices and one row at a time, the factors' mean and covariance free and then taken in.</summary>
internal static class NaiveFactorMixture
{
    public static double LogLikelihood(double[][] rows, double[] row, double[] weights, FactorParameters[] components) => rows.Zip(row).Sum(pair => pair.Second * Math.Log(Joint(pair.First, weights, components).Sum()));

    public static (double[] Weights, FactorParameters[] Components) Step(double[][] rows, double[] row, double[] weights, FactorParameters[] components, UniquenessSharing sharing)
    {
        int d = components[0].Columns;
        int q = components[0].Factors;
        double[] counts = new double[components.Length];
        Vector<double>[] residuals = new Vector<double>[components.Length];
        Matrix<double>[] loadings = new Matrix<double>[components.Length];
        Vector<double>[] means = new Vector<double>[components.Length];
        for (int k = 0; k < components.Length; k++)
        {
            Matrix<double> lambda = Matrix<double>.Build.DenseOfRowMajor(d, q, components[k].Loadings.ToArray());
            Vector<double> mean = Vector<double>.Build.DenseOfArray(components[k].Mean.ToArray());
            Matrix<double> beta = lambda.Transpose() * Covariance(components[k]).Inverse();
            Matrix<double> posterior = Matrix<double>.Build.DenseIdentity(q) - beta * lambda;
            Matrix<double> system = Matrix<double>.Build.Dense(q + 1, q + 1);
            Matrix<double> cross = Matrix<double>.Build.Dense(d, q + 1);
            Vector<double> squares = Vector<double>.Build.Dense(d);
            for (int n = 0; n < rows.Length; n++)
            {
                double[] joint = Joint(rows[n], weights, components);
                double r = row[n] * joint[k] / joint.Sum();
                Vector<double> delta = Vector<double>.Build.DenseOfArray(rows[n]) - mean;
                Vector<double> f = beta * delta;
                Vector<double> augmented = Vector<double>.Build.DenseOfEnumerable([.. f, 1]);
                Matrix<double> second = augmented.OuterProduct(augmented);
                second.SetSubMatrix(0, 0, second.SubMatrix(0, q, 0, q) + posterior);
                system += r * second;
                cross += r * delta.OuterProduct(augmented);
                squares += r * delta.PointwisePower(2);
                counts[k] += r;
            }
            Matrix<double> coefficients = cross * system.Inverse();
            residuals[k] = squares - coefficients.PointwiseMultiply(cross).RowSums();
            Vector<double> centre = system.Column(q).SubVector(0, q) / counts[k];
            Matrix<double> spread = system.SubMatrix(0, q, 0, q) / counts[k] - centre.OuterProduct(centre);
            Matrix<double> regressed = coefficients.SubMatrix(0, d, 0, q);
            means[k] = mean + coefficients.Column(q) + regressed * centre;
            loadings[k] = regressed * spread.Cholesky().Factor;
        }
        double[] pooled = [.. Enumerable.Range(0, d).Select(j => residuals.Sum(residual => residual[j]) / counts.Sum())];
        return ([.. counts.Select(count => count / counts.Sum())], [.. components.Select((_, k) => new FactorParameters(means[k].ToArray(), loadings[k].ToRowMajorArray(), sharing switch
        {
            UniquenessSharing.Common => pooled,
            UniquenessSharing.Isotropic => [.. Enumerable.Repeat(residuals[k].Sum() / d / counts[k], d)],
            _ => [.. residuals[k].Select(residual => residual / counts[k])],
        }))]);
    }

    public static Matrix<double> Covariance(FactorParameters component)
    {
        Matrix<double> lambda = Matrix<double>.Build.DenseOfRowMajor(component.Columns, component.Factors, component.Loadings.ToArray());
        return lambda * lambda.Transpose() + Matrix<double>.Build.DenseOfDiagonalArray(component.Uniquenesses.ToArray());
    }

    private static double[] Joint(double[] row, double[] weights, FactorParameters[] components) =>
        [.. components.Select((component, k) => weights[k] * Math.Exp(NaiveGaussianMixture.LogDensity(row, component.Mean.ToArray(), Covariance(component).ToArray())))];
}
