using MathNet.Numerics.LinearAlgebra;

namespace Latent.Engine;

/// <summary>
/// The observed information from the total score s in natural parameters η: −(Jᵀ·∂s/∂φ + Σ sₘ·∂²ηₘ), J = ∂η/∂φ. Only the first term touches the data, by central
/// differences, extrapolated. Both the sum of Louis' terms [Louis1982] and of Oakes' [Oakes1999] are this derivative. At least four passes per coordinate.
/// </summary>
internal static class ScoreInformation
{
    // In units of the spread of one observation's information: rounding (1e-16/h) and truncation (h⁴/480) are both near 1e-13, and logarithms of scales pass the
    // test of Richardson's correction at the first step.
    private const double Step = 3e-3;
    private const double NullScore = 1e-9;

    // Fewer observations (one long sequence, say) have scores that cancel at the maximum and tell no spread.
    private const double FewObservations = 10;

    public static Information Find<TParameters, TChunk>(Passes<TParameters, TChunk> passes, Chart<TParameters> chart, IReadOnlyList<int> active)
    {
        int count = active.Count;
        double[] scale = new double[count];
        for (int a = 0; a < count; a++)
        {
            scale[a] = Math.Max(1, Math.Abs(chart.Origin[active[a]]));
        }
        Matrix<double> jacobian = chart.Jacobian(chart.Origin, active) ?? throw Unreachable();
        Matrix<double>? products = null;
        double weight = double.NaN;
        bool spread = false;
        if (passes.HasScores)
        {
            (weight, Matrix<double> all) = passes.OuterProducts(jacobian);
            products = Pick(all, active);
            spread = !(weight < FewObservations);
            for (int a = 0; a < count && spread; a++)
            {
                double perObservation = products[a, a] / weight;
                scale[a] = perObservation > NullScore * NullScore / (scale[a] * scale[a]) ? 1 / Math.Sqrt(perObservation) : scale[a];
            }
        }
        double[] score = passes.NaturalScore(chart.Origin) ?? throw Unreachable();
        double[] gradient = InCoordinates(score);
        if (!gradient.All(double.IsFinite) || weight == 0)
        {
            throw new NumericalException($"Expected observations with finite scores, found {(weight == 0 ? "no observation" : "a score that is not finite")}. Every row needs a positive density under the estimate.");
        }
        Matrix<double> slopes = Matrix<double>.Build.Dense(count, count);
        double[][] corrections = new double[count][];
        for (int a = 0; a < count; a++)
        {
            double[]? Curve(double by) => passes.NaturalScore(chart.Moved(active[a], by)) is { } found ? InCoordinates(found) : null;
            (double[] column, corrections[a]) = RichardsonDerivative.Of(Curve, Step * scale[a], scale, spread ? weight / scale[a] : 0) ?? throw Unreachable();
            slopes.SetColumn(a, column);
        }
        slopes += NaturalCurvature.Of(chart, score, active);
        Matrix<double> value = -0.5 * (slopes + slopes.Transpose());
        double[] unit = new double[count];
        double residual = 0;
        for (int a = 0; a < count; a++)
        {
            unit[a] = spread ? weight / (scale[a] * scale[a]) : Unit(value, a);
            residual = Math.Max(residual, Math.Abs(gradient[a]) / (unit[a] * scale[a]));
        }
        return new Information(value, Errors(slopes, unit, corrections), unit, residual, Vector<double>.Build.Dense(gradient), products);

        double[] InCoordinates(double[] natural) => Pick((jacobian.Transpose() * Vector<double>.Build.Dense(natural)).ToArray(), active);
    }

    /// <summary>The information of a coordinate, kept away from zero by that of the others: coordinates are free of units.</summary>
    internal static double Unit(Matrix<double> value, int coordinate)
    {
        double largest = value.Diagonal().AbsoluteMaximum();
        return Math.Max(Math.Abs(value[coordinate, coordinate]), largest > 0 ? 1e-10 * largest : 1);
    }

    internal static double[] Pick(double[] values, IReadOnlyList<int> active)
    {
        double[] picked = new double[active.Count];
        for (int a = 0; a < picked.Length; a++)
        {
            picked[a] = values[active[a]];
        }
        return picked;
    }

    /// <summary>
    /// Off the diagonal the asymmetry, which is nothing but error [Jamshidian2000]; on it the largest asymmetry of the row, and the
    /// square of Richardson's relative correction, the order of what the extrapolation leaves.
    /// </summary>
    private static Matrix<double> Errors(Matrix<double> slopes, double[] unit, double[][] corrections)
    {
        int count = unit.Length;
        Matrix<double> errors = 0.5 * (slopes - slopes.Transpose()).PointwiseAbs();
        for (int a = 0; a < count; a++)
        {
            double relative = 0;
            for (int b = 0; b < count; b++)
            {
                double size = Math.Sqrt(unit[a] * unit[b]);
                double left = corrections[a][b] / size;
                relative = Math.Max(relative, Math.Max(left * left, b == a ? 0 : errors[a, b] / size));
            }
            errors[a, a] = relative * unit[a];
        }
        return errors;
    }

    private static Matrix<double> Pick(Matrix<double> matrix, IReadOnlyList<int> active) =>
        Matrix<double>.Build.Dense(active.Count, active.Count, (a, b) => matrix[active[a], active[b]]);

    private static NumericalException Unreachable() =>
        new("Expected parameters on both sides of the estimate along every free coordinate, found none. The estimate lies on a boundary of several coordinates at once.");
}
