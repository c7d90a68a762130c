using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Latent.Engine;

/// <summary>
/// The inverse of an information matrix by its eigenvalues, in coordinates scaled so that a well-determined one has information 1.
/// Directions without positive information are set apart instead of inverted.
/// </summary>
internal sealed class InformationSpectrum
{
    private const double Null = 1e-8;

    // A fit that stopped early blurs only what is nearly flat; the remaining gain tells of the rest.
    private const double MostResidual = 1e-4;

    /// <summary>Decomposes an information matrix.</summary>
    /// <param name="information">The matrix.</param>
    /// <param name="error">The error of its elements; null for none.</param>
    /// <param name="unit">The information of a well-determined coordinate.</param>
    /// <param name="residual">What is left of the gradient, on the same scale: a curvature of its size depends on the choice of coordinates.</param>
    public InformationSpectrum(Matrix<double> information, Matrix<double>? error, double[] unit, double residual)
    {
        int count = unit.Length;
        Vector<double> scale = Vector<double>.Build.Dense(count, a => 1 / Math.Sqrt(unit[a]));
        Matrix<double> diagonal = Matrix<double>.Build.DenseOfDiagonalVector(scale);
        double noise = error is null ? 0 : (diagonal * error * diagonal).Enumerate().DefaultIfEmpty().Max();
        Evd<double> eigen = (diagonal * information * diagonal).Evd(Symmetricity.Symmetric);
        double[] values = [.. eigen.EigenValues.Select(value => value.Real)];
        Threshold = Math.Max(Null * values.Select(Math.Abs).DefaultIfEmpty().Max(), Math.Max(20 * noise, Math.Min(3 * residual, MostResidual)));
        Matrix<double> covariance = Matrix<double>.Build.Dense(count, count);
        List<(double, Vector<double>)> flat = [];
        for (int i = 0; i < count; i++)
        {
            Vector<double> direction = diagonal * eigen.EigenVectors.Column(i);
            if (values[i] > Threshold)
            {
                covariance += direction.OuterProduct(direction) / values[i];
            }
            else
            {
                flat.Add((Math.Abs(values[i]) <= Threshold ? 0 : values[i], direction));
            }
        }
        Covariance = covariance;
        Flat = flat;
        Scale = scale;
    }

    /// <summary>The eigenvalue below which a direction counts as undetermined.</summary>
    public double Threshold { get; }

    /// <summary>The inverse within the directions that are determined.</summary>
    public Matrix<double> Covariance { get; }

    /// <summary>The other directions, in coordinates, each as long as one well-determined observation would make it.</summary>
    public IReadOnlyList<(double Curvature, Vector<double> Direction)> Flat { get; }

    /// <summary>The spread of one unit of information in each coordinate.</summary>
    public Vector<double> Scale { get; }

    /// <summary>Whether a function of the coordinates with this gradient moves along a flat direction, by more than a thousandth of its whole movement.</summary>
    public bool IsUndetermined(Vector<double> gradient)
    {
        double whole = gradient.PointwiseMultiply(Scale).L2Norm();
        return Flat.Any(flat => Math.Abs(gradient * flat.Direction) > 1e-3 * whole);
    }
}
