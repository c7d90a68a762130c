namespace Latent.Engine.Acceleration;

/// <summary>
/// The damping λ for which ‖γ_λ‖ = v with v = √δ·‖γ_0‖, δ = 1/(1 + α^power): Newton's method on 1/‖γ_λ‖ (nearly linear in λ), kept
/// inside bounds, as for the step of a trust region [HendersonVaradhan2019, appendix; More1978].
/// </summary>
internal static class DaaremDamping
{
    private const int MaximumSteps = 10;

    /// <summary>The damping for the problem that <paramref name="solver"/> decomposed last.</summary>
    /// <param name="solver">Holds the singular values d and the projections uᵀb.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="alpha">α.</param>
    /// <param name="power">κ − s.</param>
    /// <param name="start">The damping found last time.</param>
    /// <param name="correction">In: what last time's damping left to correct, times ‖γ‖. Out: the same for this time.</param>
    public static double Find(RegularizedLeastSquares solver, int columns, double alpha, double power, double start, ref double correction)
    {
        Span<double> projections = stackalloc double[columns];
        solver.SquaredProjections(columns, projections);
        ReadOnlySpan<double> squares = solver.SquaredSingularValues(columns);
        double plain = 0, slope = 0, force = 0;
        for (int k = 0; k < columns; k++)
        {
            if (projections[k] > 0)
            {
                plain += projections[k] / squares[k];
                slope += projections[k] / (squares[k] * squares[k]);
                force += projections[k] * squares[k];
            }
        }
        double full = Math.Sqrt(plain);
        if (!(full > 0) || !double.IsFinite(full))
        {
            correction = 0;
            return start;
        }
        double target = Fraction(alpha, power) * full;
        double lower = full * (full - target) / slope;
        double upper = Math.Sqrt(force) / target;
        double least = Fraction(alpha, power + 0.5) * full, most = Fraction(alpha, power - 0.5) * full;
        double damping = start - correction / target;
        for (int step = 0; step < MaximumSteps; step++)
        {
            if (!(damping > lower && damping < upper))
            {
                damping = Math.Max(1e-4 * upper, Math.Sqrt(lower * upper));
            }
            (double norm, double derivative) = Norm(projections, squares, damping);
            double newton = (norm - target) / derivative;
            correction = norm * newton;
            if (norm >= least && norm <= most)
            {
                break;
            }
            upper = norm < target ? damping : upper;
            lower = Math.Max(lower, damping - newton);
            damping -= correction / target;
        }
        return damping;
    }

    /// <summary>√δ at a power of α.</summary>
    private static double Fraction(double alpha, double power) => 1 / Math.Sqrt(1 + Math.Pow(alpha, power));

    /// <summary>‖γ_λ‖ and its derivative in λ.</summary>
    private static (double Norm, double Derivative) Norm(ReadOnlySpan<double> projections, ReadOnlySpan<double> squares, double damping)
    {
        double sum = 0, derivative = 0;
        for (int k = 0; k < projections.Length; k++)
        {
            double shifted = squares[k] + damping;
            double term = projections[k] * squares[k] / (shifted * shifted);
            sum += term;
            derivative -= term / shifted;
        }
        double norm = Math.Sqrt(sum);
        return (norm, derivative / norm);
    }
}
